import { failure, startScheduler } from '../../../test/start-scheduler.ts'

const noop = (output: unknown, more: object = {}) => ({ uses: 'noop', with: { output }, ...more })
const outputs = (run: { steps: { key: string; itemIndex: number | null; output: unknown }[] }) =>
  Object.fromEntries(run.steps.filter((step) => step.itemIndex === null).map((step) => [step.key, step.output]))
const boom = { code: 'boom', message: 'failed with boom' }

it('tells steps on failure and at the end what failed, and how each step is in the words of the API', async () => {
  await using s = await startScheduler()
  s.work((step) => (step.key === 'bad' || step.key === 'allowed' || step.itemIndex === 1 ? failure('boom') : {}))
  const run = await s.run({
    steps: {
      good: noop(1),
      allowed: noop(1, { 'continue-on-error': true }),
      each: noop('${{ item }}', { foreach: [1, 2], 'continue-on-error': true }),
      odd: noop('${{ steps.good.output.missing }}', { needs: ['good', 'each', 'allowed'], 'continue-on-error': true }),
      bad: noop(1, { needs: 'odd' }),
      after: noop(1, { needs: 'bad' }),
    },
    'on-failure': {
      tell: noop({
        statuses: '${{ [steps.good, steps.allowed, steps.each, steps.odd, steps.bad, steps.after].map(s, s.status) }}',
        errors: '${{ [steps.good, steps.allowed, steps.each, steps.odd, steps.bad, steps.after].map(s, s.error) }}',
        run: '${{ run.error }}',
      }),
    },
    finally: { sweep: noop('${{ run.error.stepKey }} with ${{ steps.bad.error.code }}', { if: 'steps.tell.status == "done"' }) },
  })
  expect(run.error).toEqual({ ...boom, stepKey: 'bad' })
  const { tell, sweep } = outputs(run)
  expect(tell).toEqual({
    statuses: ['done', 'failed', 'failed', 'failed', 'failed', 'skipped'],
    errors: [
      null,
      boom,
      { code: 'items_failed', message: '1 of 2 items failed' },
      { code: 'expression_failed', message: expect.stringContaining('steps.good.output.missing') },
      boom,
      null,
    ],
    run: { ...boom, stepKey: 'bad' },
  })
  expect(sweep).toBe('bad with boom')
})

it('has no error where none was, and an empty list where there were no items, however much later they are read', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  const run = await s.run({
    steps: {
      each: noop(1, { foreach: [] }),
      slow: noop(1, { needs: 'each' }),
      sum: noop('${{ steps.each.output.size() }} of ${{ steps.each.status }}', { needs: ['each', 'slow'] }),
    },
    finally: { end: noop({ run: '${{ run.error }}', each: '${{ steps.each.error }}' }) },
  })
  expect(outputs(run)).toMatchObject({ sum: '0 of done', end: { run: null, each: null } })
})
