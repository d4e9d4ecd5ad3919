import type { LeasedStep } from '@orrery/shared-types'

export type LogStream = 'stdout' | 'stderr' | 'system'

/** What an executor may use beside the step: a signal that ends it, and a place for log lines. */
export type StepIo = { signal: AbortSignal; log: (stream: LogStream, text: string) => void }

/** Does one attempt at a step and gives its output, or throws StepFailure. */
export type Executor = (step: LeasedStep, io: StepIo) => Promise<unknown>

/** The most that a step may put out, as JSON text. */
export const maxOutputBytes = 1024 * 1024
