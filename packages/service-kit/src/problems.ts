import { STATUS_CODES } from 'node:http'
import { AppError, type ErrorKind } from '@orrery/core'
import type { FieldError, Problem } from '@orrery/shared-types'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const statusOf: Record<ErrorKind, number> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale: 412,
  limited: 429,
  unavailable: 503,
}

type Refusal = { status: number; code: string; detail: string; errors?: FieldError[] | undefined; retryAfterSeconds?: number | undefined }

type Kept = { status: number; body: unknown } | undefined

/** Answers every failure as application/problem+json. What isn't ours to tell is logged and becomes a plain 500. `kept` may know an answer given before. */
export function answerProblems(app: FastifyInstance, kept: (request: FastifyRequest, error: unknown) => Promise<Kept>): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const known = await kept(request, error)
    if (known) return reply.code(known.status).header('idempotency-replayed', 'true').send(known.body)
    const refusal = toRefusal(error)
    if (refusal.status >= 500) request.log.error({ err: error }, 'request failed')
    return sendProblem(request, reply, refusal)
  })
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, {
      status: 404,
      code: 'route_not_found',
      detail: `There is nothing at ${request.method} ${pathOf(request)}`,
    }),
  )
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', String(refusal.retryAfterSeconds))
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer')
  const problem: Problem = {
    type: `urn:orrery:problem:${refusal.code}`,
    title: STATUS_CODES[refusal.status] ?? 'Error',
    status: refusal.status,
    code: refusal.code,
    detail: refusal.detail,
    instance: pathOf(request),
    requestId: request.id,
    ...(refusal.errors && { errors: refusal.errors }),
  }
  return reply.code(refusal.status).type('application/problem+json').serializer(JSON.stringify).send(problem)
}

function toRefusal(error: FastifyError): Refusal {
  if (error instanceof AppError) {
    const { kind, code, message, errors, retryAfterSeconds } = error
    return {
      status: statusOf[kind],
      code,
      detail: message,
      errors,
      retryAfterSeconds: retryAfterSeconds ?? (kind === 'unavailable' ? 1 : undefined),
    }
  }
  if (error.validation) return fromValidation(error)
  if (error.statusCode === 429) return { status: 429, code: 'rate_limited', detail: error.message }
  if (isAway(error))
    return { status: 503, code: 'database_unavailable', detail: 'The database is not reachable; try again', retryAfterSeconds: 1 }
  const code = causeCode(error)
  if (code === '22021' || code === '22P05' || code === '22P02' || code === '22003' || code === '22007' || code === '22008') {
    return { status: 422, code: 'input_invalid', detail: 'The input holds a character or number that can not be stored' }
  }
  const status = error.statusCode ?? 500
  if (status === 400) return { status: 422, code: 'body_invalid', detail: error.message }
  if (status >= 400 && status < 500) return { status, code: (error.code ?? 'request_refused').toLowerCase(), detail: error.message }
  if (status === 503) return { status: 503, code: 'overloaded', detail: 'The service is overloaded; try again', retryAfterSeconds: 1 }
  return { status: 500, code: 'internal', detail: 'Something broke on our side; give the request id to whoever runs this installation' }
}

/** A malformed id in a path names nothing, so it is answered as an unknown one. */
function fromValidation(error: FastifyError): Refusal {
  if (error.validationContext === 'params')
    return { status: 404, code: 'not_found', detail: 'There is nothing by that id, or you can not see it' }
  const errors = (error.validation ?? []).map((issue) => {
    const extra = issue.params['additionalProperty'] ?? issue.params['missingProperty']
    return {
      path: typeof extra === 'string' ? `${issue.instancePath}/${extra}` : issue.instancePath,
      message: issue.message ?? 'is not valid',
    }
  })
  return { status: 422, code: 'input_invalid', detail: 'The input is not valid', errors }
}

const causeCode = (error: unknown): unknown => {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return cause && typeof cause === 'object' && 'code' in cause ? cause.code : code
}

const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08003',
  '08001',
  '53300',
  '55P03',
  '40P01',
  '57014',
])
const isAway = (error: Error): boolean => {
  const cause = error.cause instanceof Error ? error.cause : error
  return (
    awayCodes.has(String(causeCode(error))) ||
    /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error/.test(cause.message)
  )
}

const pathOf = (request: FastifyRequest) => request.url.split('?', 1)[0] ?? request.url
