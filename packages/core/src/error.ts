import type { FieldError } from '@orrery/shared-types'

/** The closed list of ways a verb can refuse. Each transport owns one table from kind to its own status. */
export type ErrorKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'stale' | 'limited' | 'unavailable'

type Details = { errors?: FieldError[]; retryAfterSeconds?: number; cause?: unknown }

/** A refusal that the caller may see. `code` is for programs; `message` says what is wrong and what to do; `cause` stays inside. */
export class AppError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly errors: FieldError[] | undefined
  readonly retryAfterSeconds: number | undefined
  constructor(kind: ErrorKind, code: string, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'AppError'
    this.kind = kind
    this.code = code
    this.errors = details.errors
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

/** The same answer for what doesn't exist and for what the caller can't see. */
export const notFound = (noun: string) =>
  new AppError('not_found', `${noun}_not_found`, `No such ${noun.replaceAll('_', ' ')}, or you can't see it`)

/** Refuses one field of the input. `path` is a JSON pointer. */
export const invalid = (path: string, message: string) =>
  new AppError('invalid', 'input_invalid', 'The input is not valid', { errors: [{ path, message }] })

/** Refuses to change what somebody else has changed since the caller read it. `expected` is undefined where the caller doesn't care. */
export function requireVersion(entity: { version: number }, expected: number | undefined): void {
  if (expected === undefined || entity.version === expected) return
  throw new AppError(
    'stale',
    'version_stale',
    `This is now version ${entity.version}, not ${expected}; read it again and repeat your change`,
  )
}
