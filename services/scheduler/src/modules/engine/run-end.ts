import type { Outcome, RunError } from '@orrery/shared-types'
import { ExpressionError, type Json, type Plan } from '../workflows/index.ts'
import { hasFailed, type Progress } from './progress.ts'
import type { Values } from './values.ts'

/** How a run ends, with what it puts out. */
export type RunEnding = { status: 'done' | 'failed' | 'canceled'; outcome: Outcome; output: Json; error: RunError | null }

const failed = (error: RunError | null): RunEnding => ({ status: 'failed', outcome: 'failed', output: null, error })

/** How a run ends of which no step waits or runs any more: as it was stopped, as its steps did, or as its outputs say. */
export function endOf({ outputs }: Plan, progress: Progress, values: Values): RunEnding {
  const { error, ending } = progress
  if (ending) return { ...ending, output: null }
  if (hasFailed(progress)) return failed(error && { code: error.code, message: error.message, stepKey: error.stepKey })
  try {
    return { status: 'done', outcome: 'success', output: outputs?.evaluate(values.scope(outputs.steps)) ?? null, error: null }
  } catch (failure) {
    if (!(failure instanceof ExpressionError)) throw failure
    const code = failure.code === 'expression_failed' ? 'output_failed' : failure.code
    return failed({ code, message: failure.message, stepKey: null })
  }
}
