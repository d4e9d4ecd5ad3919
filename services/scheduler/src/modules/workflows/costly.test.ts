import { startScheduler } from '../../../test/start-scheduler.ts'

const costly = 'inputs.many.all(a, inputs.many.all(b, inputs.many.all(c, true)))'
const input = { many: Array.from({ length: 1000 }, (_, n) => n) }

it.each([
  ['a condition', { steps: { a: { uses: 'noop', if: costly } } }, 'a'],
  ['a setting', { steps: { a: { uses: 'noop', with: { output: `\${{ ${costly} }}` } } } }, 'a'],
  ['a list', { steps: { a: { uses: 'noop', foreach: `${costly} ? [1] : [2]` } } }, 'a'],
  [
    'what items take together',
    { steps: { a: { uses: 'noop', foreach: 'inputs.many', with: { output: '\${{ inputs.many.map(a, a == item) }}' } } } },
    'a',
  ],
  ['an output', { steps: { a: { uses: 'noop' } }, outputs: { all: `\${{ ${costly} }}` } }, null],
  ['a concurrency key', { concurrency: { key: `\${{ ${costly} }}` }, steps: { a: { uses: 'noop' } } }, null],
])('a run fails with a code of its own where %s takes too much work', async (_, definition, stepKey) => {
  await using s = await startScheduler()
  s.work(() => ({}))
  const run = await s.run({ inputs: { many: { type: 'array' } }, ...definition }, input)
  expect([run.outcome, run.error]).toEqual([
    'failed',
    { code: 'expression_too_costly', message: expect.stringContaining('takes too much work'), stepKey },
  ])
})

it('a run whose steps take long to begin together begins them by and by, and lets others go on between', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  const output = '${{ size(inputs.many.filter(a, [1, 2, 3, 4, 5, 6, 7, 8, 9].exists(b, b == -a))) }}'
  const key = (n: number) => `s${n}`
  const steps = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [key(n), { uses: 'noop', with: { output } }]))
  const run = await s.run(
    { inputs: { many: { type: 'array' } }, steps: { ...steps, last: { uses: 'noop', needs: Object.keys(steps) } } },
    input,
  )
  expect([run.outcome, new Set(run.steps.map((step) => step.status))]).toEqual(['success', new Set(['done'])])
  const { rows } = await s.it.admin.query('select count(distinct queued_at)::int as n from scheduler.steps')
  expect(rows[0].n).toBeGreaterThan(3)
  expect((await s.it.admin.query('select 1 from scheduler.timers')).rows).toEqual([])
})
