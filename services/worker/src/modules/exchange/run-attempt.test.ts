import type { LeasedStep } from '@orrery/shared-types'
import { StepFailure } from '../executors/index.ts'
import { runAttempt } from './run-attempt.ts'

const step: LeasedStep = {
  stepId: 'stp_01h455vb4pex5vsknk084s0001',
  runId: 'run_01h455vb4pex5vsknk084s0000',
  projectId: 'prj_01h455vb4pex5vsknk084s0000',
  key: 'call',
  itemIndex: null,
  uses: 'http',
  attempt: 1,
  input: {},
  timeoutMs: 5000,
  leaseMs: 30_000,
}
const attempt = (error: Error) =>
  runAttempt(
    step,
    () => Promise.reject(error),
    new AbortController().signal,
    () => {},
  )

it('says of an attempt that failed not before when the next should begin, where that is known', async () => {
  const busy = { code: 'http_429', message: 'busy', retryable: true }
  expect((await attempt(new StepFailure('http_429', 'busy', true, 7000))).error).toEqual({ ...busy, retryAfterMs: 7000 })
  expect((await attempt(new StepFailure('http_429', 'busy', true))).error).toEqual(busy)
})
