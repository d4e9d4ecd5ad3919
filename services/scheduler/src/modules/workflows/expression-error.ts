export type ExpressionCode = 'expression_failed' | 'expression_too_costly'

/** What is wrong with an expression, or went wrong when it was evaluated. */
export class ExpressionError extends Error {
  readonly code: ExpressionCode
  /** Where in the expression, from 0; undefined when the whole is meant. */
  readonly offset: number | undefined
  constructor(message: string, { offset, code = 'expression_failed' }: { offset?: number | undefined; code?: ExpressionCode } = {}) {
    super(message)
    this.name = 'ExpressionError'
    this.offset = offset
    this.code = code
  }

  /** The same within a text in which the expression begins at `start`. */
  within(start: number): ExpressionError {
    return new ExpressionError(this.message, { offset: start + (this.offset ?? 0), code: this.code })
  }
}
