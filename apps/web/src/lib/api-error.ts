import type { FieldError, Problem } from '@orrery/shared-types'

/** A refusal or a failure of a call, in words for people. `status` is 0 when nobody answered. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  readonly fields: readonly FieldError[]
  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? 'The request failed')
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code ?? 'unknown'
    this.requestId = problem.requestId ?? null
    this.fields = problem.errors ?? []
  }
}

export const unreachable = () =>
  new ApiError(0, { code: 'unreachable', detail: 'Orrery does not answer. Check that it is running and that this machine can reach it.' })

/** Reads problem+json; anything else (a proxy's page, an empty body) still becomes a sentence. */
export async function toApiError(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>
  const requestId = problem.requestId ?? response.headers.get('x-request-id') ?? undefined
  const detail = problem.detail ?? `The server answered ${response.status} without an explanation`
  return new ApiError(response.status, { ...problem, detail, ...(requestId !== undefined && { requestId }) })
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The first complaint about a field, by the end of its JSON pointer: `/email` or `/input/repo`. */
export function fieldError(error: unknown, path: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined
  return error.fields.find((field) => field.path === path || field.path.startsWith(`${path}/`))?.message
}
