import { createHash } from 'node:crypto'
import { AppError, actorId, answeredAnew, findAnswer } from '@orrery/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from './deps.ts'
import { takesKey } from './openapi.ts'

/** Lets a POST take `Idempotency-Key`: the same key and request get the first answer again, another one 409. */
export function rememberAnswers(app: FastifyInstance, deps: Deps): void {
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key']
    if (key === undefined || request.method !== 'POST' || !request.ctx || !takesKey(request.routeOptions.config)) return
    if (typeof key !== 'string' || key.length < 1 || key.length > 200)
      throw new AppError('invalid', 'idempotency_key_invalid', 'Idempotency-Key has 1 to 200 characters')
    const scope = `${actorId(request.ctx.actor)} ${request.routeOptions.url ?? request.url}`
    const requestHash = createHash('sha256')
      .update(JSON.stringify(asked(request)))
      .digest('hex')
    const answer = await find(deps, scope, key, requestHash)
    const repeated = answer?.body === answeredAnew
    if (repeated) reply.header('idempotency-replayed', 'true')
    else if (answer) return reply.code(successOf(request)).header('idempotency-replayed', 'true').send(answer.body)
    request.ctx = { ...request.ctx, idempotency: { scope, key, requestHash, ...(repeated && { repeated }) } }
  })
}

/** The answer kept for a key whose first request won the race, for the error handler: what the second then ran into is its own doing. */
export async function answerOfWinner(
  deps: Deps,
  request: FastifyRequest,
  error: unknown,
): Promise<{ status: number; body: unknown } | undefined> {
  const idempotency = request.ctx?.idempotency
  if (!idempotency || !isConflict(error)) return undefined
  const answer = await find(deps, idempotency.scope, idempotency.key, idempotency.requestHash)
  return answer && answer.body !== answeredAnew ? { status: successOf(request), body: answer.body } : undefined
}

async function find(deps: Deps, scope: string, key: string, requestHash: string): Promise<{ body: unknown } | undefined> {
  const found = await findAnswer(deps.db, scope, key)
  if (!found) return undefined
  if (found.requestHash !== requestHash) {
    throw new AppError('conflict', 'idempotency_key_reused', 'This Idempotency-Key was used with another request; choose a new key')
  }
  return { body: found.answer }
}

/** What is asked: of the same route about another thing, it is another request. */
const asked = ({ params, body = null }: FastifyRequest): unknown =>
  Object.keys((params as object | undefined) ?? {}).length > 0 ? [params, body] : body

const successOf = (request: FastifyRequest): number => {
  const declared = Object.keys((request.routeOptions.schema?.response as object | undefined) ?? {}).map(Number)
  return declared.find((status) => status >= 200 && status < 300) ?? 200
}

const isConflict = (error: unknown): boolean => {
  const cause = error instanceof Error && error.cause ? error.cause : error
  const { code, constraint } = cause as { code?: string; constraint?: string }
  return (error instanceof AppError && error.kind === 'conflict') || (code === '23505' && constraint === 'idempotency_keys_pkey')
}
