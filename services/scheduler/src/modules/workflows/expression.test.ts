import { compileExpression } from './expression.ts'
import { compileTemplate } from './template.ts'

const scope = { inputs: { n: 3, r: 1.5, s: 'hey', list: [{ a: 1 }, { a: 5 }] }, steps: { 'a-b': { output: 7, status: 'done' } } }
const value = (text: string) => compileExpression(text).evaluate(scope)

describe('an expression', () => {
  it.each([
    ['inputs.n + 1', 4],
    ['inputs.r * 2', 3],
    ['inputs.n / 2.0', 1.5],
    ['inputs.n / 2', 1],
    ["inputs.s + '!'", 'hey!'],
    ['inputs.list.filter(x, x.a > 2).map(x, x.a)', [5]],
    ['inputs.list.exists(x, x.a == 5)', true],
    ["steps['a-b'].output", 7],
    ['has(inputs.missing)', false],
    ["{'k': [1, 2.5, true, null]}", { k: [1, 2.5, true, null] }],
    ['inputs.s.upperAscii()', 'HEY'],
  ])('%s is %j', (text, expected) => expect(value(text)).toEqual(expected))

  it('knows which steps it reads, by either way of naming them', () => {
    expect([...compileExpression("steps.a.output + steps['b-c'].output").steps].sort()).toEqual(['a', 'b-c'])
    expect([...compileExpression('inputs.list.map(steps, steps.x)').steps]).toEqual([])
  })

  it('that fails says what failed, and where', () => {
    expect(() => value('inputs.missing')).toThrow('inputs.missing')
    expect(() => value('1 / 0')).toThrow()
    expect(() => compileExpression('secrets.key')).toThrow('There is no secrets here')
    expect(() => compileExpression('steps[inputs.n].output')).toThrow('A step is named by a constant')
  })

  it('with a regular expression that would never end elsewhere ends at once', () => {
    const began = performance.now()
    expect(compileExpression(`'${'a'.repeat(3000)}!'.matches('(a+)+$')`).evaluate({})).toBe(false)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})

describe('a template', () => {
  const fill = (template: Parameters<typeof compileTemplate>[0]) =>
    compileTemplate(template, (path, error) => expect([path, error]).toBeUndefined()).evaluate(scope)

  it('keeps the type of a lone expression and joins others as text', () => {
    expect(fill({ one: '${{ inputs.n }}', text: 'n is ${{ inputs.n }}, ${{ inputs.s }}', list: ['${{ inputs.list }}'], plain: 1 })).toEqual(
      {
        one: 3,
        text: 'n is 3, hey',
        list: [[{ a: 1 }, { a: 5 }]],
        plain: 1,
      },
    )
  })

  it('names the place of what is wrong', () => {
    const found: string[] = []
    compileTemplate({ a: ['${{ 1 + }}', '${{ open'] }, (path) => found.push(path), '/with')
    expect(found).toEqual(['/with/a/0', '/with/a/1'])
  })
})
