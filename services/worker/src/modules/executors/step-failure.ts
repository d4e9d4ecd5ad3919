/** How an executor says that an attempt failed. `retryable` tells whether the same again may go better, `retryAfterMs` not before when. */
export class StepFailure extends Error {
  readonly code: string
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  constructor(code: string, message: string, retryable = false, retryAfterMs?: number) {
    super(message)
    this.name = 'StepFailure'
    this.code = code
    this.retryable = retryable
    this.retryAfterMs = retryAfterMs
  }
}
