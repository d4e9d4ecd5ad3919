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
