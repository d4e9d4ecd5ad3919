import { compileWorkflow } from './plan.ts'

const text = `name: Triage
inputs:
  repo: { type: string, required: true }
steps:
  fetch:
    uses: http
    with: { url: "https://example.test/?repo=\${{ inputs.repo }}" }
    retry: { attempts: 3, initial: 1s }
    timeout: 20s
  classify:
    needs: [fetch]
    foreach: "\${{ steps.fetch.output.body.items }}"
    concurrency: 10
    uses: node
    with: { code: "return 1", input: { item: "\${{ item }}" } }
outputs:
  count: "\${{ steps.classify.output.size() }}"
`
const errors = (from: string, to: string) =>
  compileWorkflow(text.replace(from, to)).errors.map(({ path, message, line }) => [path, line, message])

describe('a definition', () => {
  it('is compiled with its graph, its lines, its timeouts and its retries', () => {
    const { plan, errors } = compileWorkflow(text)
    expect(errors).toEqual([])
    expect(plan?.graph).toEqual({
      nodes: [
        { key: 'fetch', uses: 'http', foreach: false, line: 5 },
        { key: 'classify', uses: 'node', foreach: true, line: 10 },
      ],
      edges: [{ from: 'fetch', to: 'classify' }],
    })
    expect(plan?.nodes[0]).toMatchObject({ timeoutMs: 20_000, retry: { attempts: 3, initialMs: 1000, maxMs: 60_000, jitter: true } })
    expect(plan?.nodes[1]).toMatchObject({ window: 10, pool: 'code' })
  })

  it('says once what holds for every step that a worker does, unless the step says otherwise', () => {
    const { plan } = compileWorkflow({
      defaults: { retry: { attempts: 5 }, timeout: '5s', 'continue-on-error': true },
      steps: {
        a: { uses: 'noop' },
        b: { uses: 'queue:gpu', timeout: '1m', retry: { attempts: 1 }, 'continue-on-error': false },
        c: { uses: 'wait', with: { signal: 'go' } },
        d: { uses: 'workflow', with: { workflow: 'w' } },
      },
    })
    const told = plan?.nodes.map(({ timeoutMs, retry, continueOnError }) => [timeoutMs, retry?.attempts, continueOnError])
    expect(told).toEqual([
      [5000, 5, true],
      [60_000, 1, false],
      [0, undefined, false],
      [0, undefined, false],
    ])
    expect(compileWorkflow({ defaults: { timeout: '30d' }, steps: { a: { uses: 'noop' } } }).errors[0]?.path).toBe('/defaults/timeout')
    expect(compileWorkflow({ defaults: { retries: 3 }, steps: { a: { uses: 'noop' } } } as never).errors[0]?.path).toBe('/defaults/retries')
  })

  it('is told that what one decides or waits for has no second attempt, and its own words for how long it may take', () => {
    const told = (step: object) => compileWorkflow({ steps: { s: step } } as never).errors.map(({ path, message }) => `${path} ${message}`)
    const wait = { uses: 'wait', with: { duration: '1s' } }
    const approval = { uses: 'approval', with: { title: 'x' } }
    expect(told({ ...wait, timeout: '1s' })).toEqual([
      '/steps/s/timeout A wait for a time takes that time; timeout is for one for a signal',
    ])
    expect(told({ ...approval, timeout: '1s' })).toEqual(['/steps/s/timeout How long an approval may take, with.expires says'])
    expect(told({ ...approval, retry: { attempts: 2 } })).toEqual(['/steps/s/retry An approval has one attempt'])
    expect(told({ uses: 'wait', with: { signal: 'go' }, timeout: '1s', retry: { attempts: 2 } })).toEqual([
      '/steps/s/retry A wait has one attempt',
    ])
    expect(told({ uses: 'wait', with: { signal: 'go' }, timeout: '1s' })).toEqual([])
  })

  it('is told which inputs there are not, that steps are read one by one, and of every ring', () => {
    const told = (definition: object) => compileWorkflow(definition as never).errors.map(({ path, message }) => `${path} ${message}`)
    const put = (output: unknown) => ({ inputs: { here: {} }, steps: { s: { uses: 'noop', with: { output } } } })
    expect(told(put("${{ inputs.here == inputs['here'] && inputs.gone && inputs['lost'] }}"))).toEqual([
      '/steps/s/with/output The workflow has no input gone',
      '/steps/s/with/output The workflow has no input lost',
    ])
    expect(told({ ...put(1), outputs: { all: '${{ steps }}', one: '${{ steps.s.output }}' } })).toEqual([
      '/outputs/all steps is no list to go through: name each step, as steps.key',
    ])
    expect(told({ ...put(1), inputs: { n: { type: 'integer', default: 'x' } } })).toEqual([
      '/inputs/n/default Must be of type integer, and is string',
    ])
    const ring = (needs: string) => ({ uses: 'noop', needs })
    expect(told({ steps: { a: ring('b'), b: ring('a'), c: ring('c') } })).toEqual([
      '/steps/a/needs These steps need each other in a ring: a → b → a',
      '/steps/c/needs These steps need each other in a ring: c → c',
    ])
    expect(told({ steps: { s: { uses: 'noop', foreach: Array.from({ length: 1001 }, () => 1) } } })).toEqual([
      '/steps/s/foreach must NOT have more than 1000 items',
    ])
  })

  it('says where a key stands a second time, in a block as in an alias', () => {
    const { errors } = compileWorkflow('steps:\n  a: &a {uses: noop, uses: wait}\n  b: *a\n  "a": {uses: noop}\n')
    expect(errors.map(({ message, line, column }) => [message, line, column])).toEqual([
      ['The key a stands here twice', 4, 3],
      ['The key uses stands here twice', 2, 22],
    ])
  })

  it('in which all is wrong says so a hundred times', () => {
    const many = (n: number, each: (i: number) => unknown) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, each(i)]))
    const wrong = [
      JSON.stringify({ steps: { a: { uses: 'noop', with: { output: '${{inputs.x}}'.repeat(35_000) } } } }),
      JSON.stringify({ steps: { a: { uses: 'noop', with: many(30_000, () => 1) } } }),
      JSON.stringify({ steps: many(20_000, () => ({})) }),
      `a: ${'[:\n'.repeat(90)}${'- : : "\n'.repeat(2000)}`,
    ]
    for (const definition of wrong) expect(compileWorkflow(definition).errors).toHaveLength(100)
  })

  it('is told where a file that a step is to keep has no name that may be, as far as that is known before the run', () => {
    const problems = (uses: string, given: object) =>
      compileWorkflow({ steps: { a: { uses, with: given } } }).errors.map(({ path, message }) => [path, message])
    const http = (save: unknown) => problems('http', { url: 'https://example.test', save })
    expect([http('report.pdf'), http('out/report.pdf'), http('${{ run.id }}.pdf')]).toEqual([[], [], []])
    for (const save of ['../report.pdf', '/report.pdf', '', 5, 'a//b'])
      expect(http(save)).toEqual([['/steps/a/with/save', 'save must be the name of a file, such as report.pdf']])
    const shell = (artifacts: unknown) => problems('shell', { run: 'true', artifacts }).map(([path]) => path)
    expect([shell(['report/*.html', '**/*.log']), shell('${{ run.id }}')]).toEqual([[], []])
    for (const artifacts of ['*.html', ['../*'], ['/etc/*'], [1]]) expect(shell(artifacts)).toEqual(['/steps/a/with/artifacts'])
    expect(problems('node', { code: 'return 1', artifacts: ['a'] })).toEqual([
      ['/steps/a/with/artifacts', expect.stringContaining('has no setting')],
    ])
  })

  it('is the same as text, as JSON and as the object', () => {
    const object = { steps: { a: { uses: 'noop' } } }
    for (const source of [object, JSON.stringify(object), 'steps: { a: { uses: noop } }'])
      expect(compileWorkflow(source).plan?.nodes.map((node) => node.key)).toEqual(['a'])
  })

  it.each([
    ['a step that is not there', 'needs: [fetch]', 'needs: [fetsh]', '/steps/classify/needs/0', 11, 'There is no step fetsh'],
    ['an unknown executor', 'uses: node', 'uses: nod', '/steps/classify/uses', 14, 'There is no nod; a step can use '],
    ['a duration', 'timeout: 20s', 'timeout: 20 sec', '/steps/fetch/timeout', 9, '20 sec is no duration; write it as 30s, 5m or 1h30m'],
    [
      'a setting that is not there',
      'concurrency: 10',
      'concurency: 10',
      '/steps/classify/concurency',
      13,
      'There is no setting concurency here',
    ],
    ['a name in an expression', 'inputs.repo', 'input.repo', '/steps/fetch/with/url', 7, 'There is no input here'],
    [
      'a step that may not have run',
      'needs: [fetch]',
      'needs: []',
      '/steps/classify/foreach',
      12,
      'steps.fetch may not have run by then; add it to needs',
    ],
    ['a function', 'size()', 'sise()', '/outputs/count', 17, 'There is no function sise'],
    ['syntax of an expression', 'inputs.repo', 'inputs.', '/steps/fetch/with/url', 7, ''],
    ['what an executor needs', 'with: { code: "return 1", ', 'with: { ', '/steps/classify/with', 15, 'node needs with.code'],
  ])('names %s with its path and line', (_, from, to, path, line, message) => {
    const [first] = errors(from, to)
    expect([first?.[0], first?.[1]]).toEqual([path, line])
    expect(first?.[2]).toContain(message)
  })

  it.each([
    ['a name', 'if: "steps.a.output == 1 && inptus.n > 2"', 'inptus.n'],
    ['a name, quoted otherwise', `if: 'steps["a"].output == ''x'' || inptus.n > 2'`, 'inptus.n'],
    ['a name behind escapes', String.raw`if: "steps[\"a\"].output == \"\u00e9\" || inptus.n > 2"`, 'inptus.n'],
    ['a name in braces', 'if: ${{ inptus.n > 2 }}', 'inptus.n'],
    ['a function', 'with: { output: "some ${{ inputs.n }} and ${{ inputs.n.sise() }} more" }', 'sise'],
    ['a step without braces', 'foreach: steps.late.output', 'steps.late.output'],
    ['a step in braces', 'foreach: " ${{ steps.late.output }}"', 'steps.late.output'],
    ['a step in a list', 'with: { output: [1, "${{ inputs.n + steps.late.output }}"] }', 'steps.late.output'],
    ['an item', 'with: { output: "${{ inputs.n + item }}" }', 'item'],
    ['a block', 'with:\n      output: |\n        one ${{ inputs.n }}\n          two ${{ 1 +\n        inptus.n }}', 'inptus.n'],
    ['folded text', 'with:\n      output: >-\n        one ${{ inputs.n }}\n        two ${{ 1 + inptus.n }}', 'inptus.n'],
    ['an operator with nothing behind it', 'if: inputs.n == ) 2', '='],
    ['what is not closed', 'with: { output: "one ${{ inputs.n }} and ${{ inputs.n" }', '$'],
  ])('an error in an expression points at %s', (_, line, token) => {
    const yaml = `inputs: { n: {} }\nsteps:\n  a: { uses: noop }\n  late: { uses: noop }\n  b:\n    uses: noop\n    needs: a\n    ${line}\n`
    const [error] = compileWorkflow(yaml).errors
    const lines = yaml.split('\n')
    expect(lines[(error?.line ?? 0) - 1]?.slice((error?.column ?? 0) - 1, (error?.endColumn ?? 0) - 1)).toBe(token)
    expect(lines[(error?.line ?? 0) - 1]).toContain(token === '$' ? '${{ inputs.n"' : token)
  })

  it('points into JSON too, and says nothing of places where there is no text', () => {
    const definition = { steps: { a: { uses: 'noop', with: { output: 'a "quoted" ${{ inptus.n }}' } } } }
    const json = JSON.stringify(definition)
    expect(compileWorkflow(json).errors).toMatchObject([{ line: 1, column: json.indexOf('inptus') + 1, path: '/steps/a/with/output' }])
    expect(compileWorkflow(definition).errors).toEqual([
      { path: '/steps/a/with/output', message: expect.stringContaining('no inptus here') },
    ])
  })

  it('has no outputs of steps that run only when there are none', () => {
    const definition = {
      steps: { a: { uses: 'noop' } },
      'on-failure': { tell: { uses: 'noop' } },
      finally: { sweep: { uses: 'noop' } },
      outputs: { a: '${{ steps.a.output }}', sweep: '${{ steps.sweep.output }}', told: '${{ steps.tell.output }}', no: '${{ steps.no }}' },
    }
    expect(compileWorkflow(definition).errors).toEqual([
      { path: '/outputs/told', message: 'steps.tell runs only when the run fails, and then there are no outputs' },
      { path: '/outputs/no', message: 'There is no step no' },
    ])
    const { no: _, ...outputs } = definition.outputs
    expect(compileWorkflow({ ...definition, outputs }, { published: true }).errors).toEqual([])
  })

  it('needs some time for the run and for each step that a worker does', () => {
    const { errors } = compileWorkflow({
      timeout: 0,
      steps: { a: { uses: 'noop', timeout: '0s' }, b: { uses: 'wait', timeout: 0, with: { signal: 'x' } } },
    })
    expect(errors.map(({ path }) => path)).toEqual(['/timeout', '/steps/a/timeout'])
  })

  it('knows before the run what a wait cannot be', () => {
    const problems = (given: object) =>
      compileWorkflow({ steps: { a: { uses: 'wait', with: given } } }).errors.map(({ path, message }) => [path, message])
    expect(problems({ duration: '400d' })).toEqual([
      ['/steps/a/with/duration', 'duration must be a duration of a year at most, such as 30s or 1h30m'],
    ])
    expect(problems({ until: 'tomorrow' })).toEqual([['/steps/a/with/until', 'until must be a time, such as 2026-01-31T09:00:00Z']])
    expect(problems({ signal: 7 })).toEqual([['/steps/a/with/signal', 'signal must be the name of a signal']])
    for (const given of [{ duration: '366d' }, { duration: 0 }, { duration: '${{ inputs.long }}' }, { until: '2026-01-31T09:00:00Z' }])
      expect(compileWorkflow({ inputs: { long: {} }, steps: { a: { uses: 'wait', with: given } } }).errors).toEqual([])
  })

  it('bounds times when it is written, and goes on with those of a version that is published', () => {
    const definition = {
      timeout: '9999d',
      defaults: { retry: { attempts: 2, max: '30d' } },
      steps: {
        a: { uses: 'noop', timeout: '30d', retry: { attempts: 2, initial: '999999999d' } },
        b: { uses: 'wait', with: { duration: '400d' } },
      },
    }
    const paths = ['/defaults/retry/max', '/timeout', '/steps/a/retry/initial', '/steps/a/timeout', '/steps/b/with/duration']
    expect(compileWorkflow(definition).errors.map(({ path }) => path)).toEqual(paths)
    expect(compileWorkflow(definition, { published: true })).toMatchObject({ errors: [], plan: { nodes: [{ key: 'a' }, { key: 'b' }] } })
  })

  it('tries no step again that is unsafe to repeat, and says where that is asked for', () => {
    const { plan } = compileWorkflow({ defaults: { retry: { attempts: 5 } }, steps: { pay: { uses: 'queue:pay', unsafe: true } } })
    expect(plan?.nodes[0]).toMatchObject({ unsafe: true, retry: null })
    const wrong = {
      pay: { uses: 'queue:pay', unsafe: true, retry: { attempts: 2 } },
      gate: { uses: 'wait', with: { signal: 'go' }, unsafe: true },
    }
    expect(compileWorkflow({ steps: wrong }).errors.map(({ path }) => path)).toEqual(['/steps/pay/retry', '/steps/gate/unsafe'])
  })

  it('names the members of a ring', () => {
    const ring = { steps: { a: { uses: 'noop', needs: 'c' }, b: { uses: 'noop', needs: 'a' }, c: { uses: 'noop', needs: 'b' } } }
    expect(compileWorkflow(ring).errors[0]?.message).toBe('These steps need each other in a ring: a → c → b → a')
  })

  it('that is no YAML, or no object, says where', () => {
    expect(compileWorkflow('steps: [').errors[0]).toMatchObject({ line: 1 })
    expect(compileWorkflow('just text').errors[0]?.message).toBe('This must be an object')
  })

  it('that would cost too much is refused', () => {
    const nested = '[1].map(a, [1].map(b, [1].map(c, [1].map(d, a))))'
    expect(compileWorkflow({ steps: { a: { uses: 'noop', if: nested } } }).errors[0]?.message).toContain('Macros can be nested')
    expect(
      compileWorkflow({ steps: { a: { uses: 'noop', if: `${'('.repeat(3000)}1${')'.repeat(3000)}` } } }).errors.length,
    ).toBeGreaterThan(0)
  })
})
