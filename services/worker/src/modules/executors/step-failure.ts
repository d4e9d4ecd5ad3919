/** How an executor says that an attempt failed. `retryable` tells whether the same again may go better. */
export class StepFailure extends Error {
  readonly code: string
  readonly retryable: boolean
  constructor(code: string, message: string, retryable = false) {
    super(message)
    this.name = 'StepFailure'
    this.code = code
    this.retryable = retryable
  }
}
