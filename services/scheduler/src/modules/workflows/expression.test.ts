import { Budget } from './budget.ts'
import { compileExpression } from './expression.ts'
import { patternSize } from './pattern-size.ts'
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
    ["timestamp('2026-01-31T09:00:00Z') + duration('90s')", '2026-01-31T09:01:30Z'],
    ["[duration('1h30m'), duration('500ms')]", ['5400s', '0.500s']],
    ["[size('😀ab'), '😀ab'.indexOf('b'), '😀a😀'.lastIndexOf('😀')]", [3, 2, 2]],
    ["['😀ab'.charAt(0), '😀ab'.substring(1), '😀ab'.substring(0, 2), '😀ab'.reverse()]", ['😀', 'ab', '😀a', 'ba😀']],
    [
      "['😀a'.split(''), 'a,b,c'.split(',', 2), 'a,b'.split(',')]",
      [
        ['😀', 'a'],
        ['a', 'b,c'],
        ['a', 'b'],
      ],
    ],
  ])('%s is %j', (text, expected) => expect(value(text)).toEqual(expected))

  it('knows which steps it reads, by either way of naming them', () => {
    expect([...compileExpression("steps.a.output + steps['b-c'].output").steps].sort()).toEqual(['a', 'b-c'])
    expect([...compileExpression('inputs.list.map(steps, steps.x)').steps]).toEqual([])
  })

  it('that fails says what failed, and where', () => {
    expect(() => value('inputs.missing')).toThrow('inputs.missing')
    expect(() => value('1 / 0')).toThrow()
    expect(() => value('18446744073709551615u')).toThrow('too large for a JSON number')
    expect(() => value('1.0 / 0.0')).toThrow('Infinity is no JSON number')
    expect(() => value("'ab'.charAt(3)")).toThrow('out of bounds')
    expect(() => compileExpression(`${'('.repeat(1900)}1${')'.repeat(1900)}`)).toThrow('nested too deeply')
    expect(() => compileExpression('secrets.key')).toThrow('There is no secrets here')
    expect(() => compileExpression('steps[inputs.n].output')).toThrow('A step is named by a constant')
  })

  it('with a regular expression that would never end elsewhere ends at once', () => {
    const began = performance.now()
    expect(compileExpression(`'${'a'.repeat(3000)}!'.matches('(a+)+$')`).evaluate({})).toBe(false)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})

describe('the work of an expression', () => {
  const many = Array.from({ length: 1000 }, (_, n) => n)
  const costly = {
    inputs: {
      many,
      yes: many.map(() => true),
      text: 'a'.repeat(1_000_000),
      digits: '9'.repeat(1_000_000),
      odd: many.map(() => '%f').join(''),
      wide: Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`key ${n}`, n])),
    },
  }
  const fails = (text: string) => {
    try {
      compileExpression(text).evaluate(costly)
    } catch (error) {
      return error as Error
    }
    return undefined
  }

  it.each([
    ['lists in lists, looked at without a call', 'inputs.yes.all(a, inputs.yes.all(b, inputs.yes.all(c, c)))'],
    ['the same where an error would be passed over', 'inputs.yes.all(a, inputs.yes.all(b, inputs.yes.all(c, c))) || true'],
    ['a list made in lists', 'inputs.many.map(a, inputs.many.map(b, inputs.many.map(c, c)))'],
    ['membership', 'inputs.many.filter(a, inputs.many.filter(b, b in inputs.many).size() > 0)'],
    ['keys that are no text', 'inputs.many.exists(a, inputs.wide[a] == 0)'],
    ['a text that doubles', `[inputs.text]${'.map(a, a + a)'.repeat(30)}`],
    ['a list that doubles', `[[1]]${'.map(a, a + a)'.repeat(30)}.size()`],
    ['a result that shares its parts', `[1]${'.map(a, [a, a])'.repeat(30)}`],
    ['a replacement that grows', "inputs.text.replace('a', inputs.text)"],
    ['a separator that grows', 'inputs.many.map(a, string(a)).join(inputs.text)'],
    ['a pattern over a long text', String.raw`inputs.text.matches('(\\w+\\s?)*$')`],
    ['a pattern that is written out', "inputs.text.matches('((a{10}){10}){10}b')"],
    ['a number of a million digits', 'int(inputs.digits)'],
    ['placeholders for numbers', 'inputs.many.map(a, inputs.odd.format(inputs.many.map(n, n + 0.5)))'],
    ['times in a zone', "inputs.many.map(a, inputs.many.map(b, timestamp('2026-01-31T09:00:00Z').getHours('Europe/Berlin')))"],
  ])('ends soon: %s', (_, text) => {
    const began = performance.now()
    expect(fails(text)).toMatchObject({ code: 'expression_too_costly', message: expect.stringContaining('takes too much work') })
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  it('leaves room for what people ask of a list of a thousand', () => {
    for (const text of [
      "inputs.many.filter(n, n > 10).map(n, {'n': n, 'text': string(n) + '!'})",
      'inputs.many.filter(n, n in inputs.many).size()',
      String.raw`inputs.many.filter(n, '2026-01-31T09:00:00Z'.matches('^\\d{4}-\\d{2}-\\d{2}T'))`,
      'inputs.text.upperAscii().size()',
      "inputs.text.replace('b', 'c') == inputs.text",
    ])
      expect([text, fails(text)]).toEqual([text, undefined])
  })

  it('is shared by all that is evaluated on one budget, and the same each time', () => {
    const text = 'inputs.many.map(n, n + 1).size()'
    const times = (budget: Budget) => {
      for (let n = 0; ; n++) {
        try {
          compileExpression(text).evaluate(costly, budget)
        } catch {
          return n
        }
      }
    }
    const first = times(new Budget(300_000))
    expect(first).toBeGreaterThan(1)
    expect([times(new Budget(300_000)), times(new Budget(300_000))]).toEqual([first, first])
    const template = compileTemplate({ all: Array.from({ length: 500 }, () => `\${{ ${text} }}`) }, () => undefined)
    expect(() => template.evaluate(costly)).toThrow('takes too much work')
  })

  it('is not made larger by what it does not look at', () => {
    let seen = 0
    const inputs = { n: 1, many }
    Object.defineProperty(inputs, 'large', {
      enumerable: true,
      get: () => {
        seen += 1
        return many
      },
    })
    expect(compileExpression('inputs.n + inputs.many[2]').evaluate({ inputs })).toBe(3)
    expect(seen).toBe(0)
    // and what goes through as a whole is not copied
    expect(compileExpression('inputs.many').evaluate({ inputs })).toBe(many)
  })

  it('makes lists of any length', () => {
    const long = Array.from({ length: 20_000 }, (_, n) => n)
    expect(compileExpression('inputs.long.map(n, n + 1)').evaluate({ inputs: { long } })).toEqual(long.map((n) => n + 1))
    expect(compileExpression('[inputs.long.filter(n, n < 2)].map(l, [l + [7], l + [8], l])').evaluate({ inputs: { long } })).toEqual([
      [
        [0, 1, 7],
        [0, 1, 8],
        [0, 1],
      ],
    ])
  })

  it('knows a pattern by its size once it is written out', () => {
    const sizes = ['abc', String.raw`\d{4}-\d{2}`, '[a-z]{10}', '((a{10}){10}){10}', 'a{2,5}|b'].map(patternSize)
    expect(sizes).toEqual([4, 8, 11, 1111, 8])
  })
})

describe('a template', () => {
  const fill = (template: Parameters<typeof compileTemplate>[0]) =>
    compileTemplate(template, (path, error) => expect([path, error]).toBeUndefined()).evaluate(scope)

  it('ends where its own brackets and texts have ended', () => {
    expect(fill('${{ {"a":{"b":1}}}}')).toEqual({ a: { b: 1 } })
    expect(fill('${{ {"a":{"b":inputs.n}} }} and ${{ "}}" }}')).toBe('{"a":{"b":3}} and }}')
    expect(fill('${{ {"a": 1}}} then ${{ inputs.n }}')).toBe('{"a":1} then 3')
    expect(fill('${{ "${{" }} stays')).toBe('${{ stays')
  })

  it('of half a megabyte is looked at once, whatever is left open in it', () => {
    for (const [first, more] of [
      ['', '${{ { }}'],
      ['${{ "}} ', '${{ \\"}} '],
      ['${{ ', '\\"'],
    ] as const) {
      const errors: string[] = []
      compileTemplate(first + more.repeat(500_000 / more.length), (_, error) => void errors.push(error.message))
      expect(errors.length).toBeGreaterThan(0)
    }
  })

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
