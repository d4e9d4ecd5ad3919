import { findMisfit } from '@orrery/core'
import { type AttemptResult, type LeasedStep, longestOutput } from '@orrery/shared-types'
import { type Executor, type LogStream, StepFailure } from '../executors/index.ts'

/** Does one attempt and says how it ended. Never throws. */
export async function runAttempt(
  step: LeasedStep,
  executor: Executor | undefined,
  canceled: AbortSignal,
  log: (stream: LogStream, text: string) => void,
): Promise<AttemptResult> {
  const ref = { stepId: step.stepId, attempt: step.attempt }
  const ended = AbortSignal.any([canceled, AbortSignal.timeout(step.timeoutMs)])
  try {
    if (!executor) throw new StepFailure('executor_missing', `This worker has no executor ${step.uses}`)
    const output = (await executor(step, { signal: ended, log })) ?? null
    const misfit = findMisfit(output, { anyText: true })
    if (misfit) throw new StepFailure('output_invalid', `The output can't be kept: it ${misfit.message}`)
    const bytes = Buffer.byteLength(JSON.stringify(output))
    if (bytes > longestOutput) throw new StepFailure('output_too_large', `The output has ${bytes} bytes; the most is ${longestOutput}`)
    return { ...ref, output }
  } catch (error) {
    if (error instanceof StepFailure) return { ...ref, error: told(error) }
    if (ended.aborted && !canceled.aborted)
      return { ...ref, error: { code: 'timeout', message: `The step took longer than ${step.timeoutMs} ms`, retryable: true } }
    return { ...ref, error: { code: 'executor_failed', message: error instanceof Error ? error.message : String(error), retryable: true } }
  }
}

const told = ({ code, message, retryable, retryAfterMs }: StepFailure): NonNullable<AttemptResult['error']> => ({
  code,
  message: message.slice(0, 20_000),
  retryable,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})
