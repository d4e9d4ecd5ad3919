import { deepest, findMisfit } from './fit.ts'

const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`) as unknown

it('takes what is nested as deep as may be, and names what goes deeper, however deep', () => {
  expect(findMisfit(nested(deepest))).toBeUndefined()
  for (const levels of [deepest + 1, 200_000]) expect(findMisfit(nested(levels))?.message).toBe('is nested deeper than 100 levels')
})

it('finds a value that holds itself', () => {
  const ring: Record<string, unknown> = {}
  ring['self'] = ring
  expect(findMisfit(ring)?.message).toContain('nested deeper')
})

it('names the place of text that no database keeps, unless any text is welcome', () => {
  expect(findMisfit({ a: [{ 'b/c': 'x\ud800' }] })).toEqual({
    path: '/a/0/b~1c',
    message: 'holds NUL or half of a surrogate pair, which is no text',
  })
  expect(findMisfit({ a: 'x\0' })?.path).toBe('/a')
  expect(findMisfit({ 'a\0': 1 })?.message).toContain('has a key')
  expect(findMisfit({ a: 'x\0' }, { anyText: true })).toBeUndefined()
  expect(findMisfit({ a: 'fine 🙂', b: null, c: 1 })).toBeUndefined()
})
