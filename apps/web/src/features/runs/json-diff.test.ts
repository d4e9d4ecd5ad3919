import { jsonDiff } from './json-diff.ts'

it('finds nothing between equals, however their fields are ordered', () => {
  expect(jsonDiff({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toEqual([])
})

it('names the place of each difference', () => {
  expect(jsonDiff({ items: [{ price: 1 }, 2], gone: 'x' }, { items: [{ price: 3 }, 2, 4], 'a b': true })).toEqual([
    { path: 'items[0].price', left: 1, right: 3 },
    { path: 'items[2]', left: undefined, right: 4 },
    { path: 'gone', left: 'x', right: undefined },
    { path: '["a b"]', left: undefined, right: true },
  ])
})

it('takes a list and an object as wholly different', () => {
  expect(jsonDiff([], {})).toEqual([{ path: '', left: [], right: {} }])
  expect(jsonDiff(null, 'text')).toEqual([{ path: '', left: null, right: 'text' }])
})

it('stops at the limit', () => {
  expect(jsonDiff(Array(500).fill(1), Array(500).fill(2), 10)).toHaveLength(10)
})
