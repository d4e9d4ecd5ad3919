import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { AppError, type Ctx, findMisfit, invalid, newUuid } from '@orrery/core'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import Fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import type { Deps } from './deps.ts'
import { type FailureLimit, limitFailures } from './failed-credentials.ts'
import { answerOfWinner, rememberAnswers } from './idempotency.ts'
import { measureRequests } from './metrics.ts'
import { describeRoute } from './openapi.ts'
import { answerProblems } from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks and through what. Set on every route that isn't public. */
    ctx: Ctx
  }
  interface FastifyContextConfig {
    /** Answers without a credential. */
    public?: boolean
    /** Its answer holds a secret that is shown once, so it is never kept for a repeated request. */
    secretAnswer?: boolean
    /** Doing it again is asking again, so that no answer of it is kept. */
    repeatable?: boolean
    /** Hands on what programs put out, and looks itself at how deep that is and what text it holds. */
    anyValue?: boolean
  }
}

export const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version

export type ServiceOptions = { title: string; rateLimit: number; trustProxy?: string }
export type Service = ReturnType<typeof createService>

/** A Fastify instance with what every service answers alike: credentials, problems, limits, probes, its own OpenAPI document. */
export function createService(deps: Deps, options: ServiceOptions) {
  const app = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => `req_${newUuid().replaceAll('-', '')}`,
    trustProxy: options.trustProxy ? options.trustProxy.split(',') : false,
    bodyLimit: 1024 * 1024,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? strict : lenient).compile(schema as object))
  app.setSchemaErrorFormatter((issues, dataVar) =>
    Object.assign(new Error('The input is not valid'), { validation: issues, validationContext: dataVar }),
  )
  answerProblems(app as unknown as FastifyInstance, (request, error) => answerOfWinner(deps, request, error))
  const failures = limitFailures(deps, Math.ceil(options.rateLimit / failuresInRequests))
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (request.is404 || request.routeOptions.config.public) return
    request.ctx = await identify(deps, failures, request)
  })
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      { method: request.method, route: request.routeOptions.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    )
  })
  takeEmptyBodies(app as unknown as FastifyInstance)
  measureRequests(app as unknown as FastifyInstance, deps.registry)
  void app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  })
  void app.register(cookie)
  void app.register(compress, { threshold: 1024, encodings: ['br', 'gzip'] })
  void app.register(rateLimit, {
    max: options.rateLimit,
    timeWindow: 60_000,
    redis: deps.redis,
    nameSpace: `${deps.namespace}:limit:${deps.service}:`,
    skipOnError: true,
    keyGenerator: (request) => (request.ctx ? limitKey(request.ctx) : `ip:${request.ip}`),
    errorResponseBuilder: (_request, { after }) => new AppError('limited', 'rate_limited', `Too many requests; try again in ${after}`),
  })
  void app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: options.title, version } }, transform: describeRoute })
  rememberAnswers(app as unknown as FastifyInstance, deps)
  void app.register(async (probes) => {
    const open = { config: { public: true, rateLimit: false }, schema: { hide: true } } as const
    probes.get('/liveness', open, async () => ({ status: 'alive' }))
    // each service describes itself; the gateway joins the descriptions
    probes.get('/internal/openapi.json', open, async () => app.swagger())
    probes.get('/readiness', open, async (_request, reply) => {
      const ready = !deps.stopping() && (await answers(deps))
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' })
    })
  })
  return app
}

/** A request without a body is one with an empty object: what it lacks is then said field by field. */
function takeEmptyBodies(app: FastifyInstance): void {
  takeJson(app, 'error')
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.schema?.body !== undefined && request.body === undefined) request.body = {}
    if (typeof request.body !== 'object' || request.body === null || Buffer.isBuffer(request.body) || request.body instanceof Readable)
      return
    const misfit = request.routeOptions.config.anyValue ? undefined : findMisfit(request.body)
    if (misfit) throw invalid(misfit.path, misfit.message)
  })
}

function takeJson(app: FastifyInstance, onPrototype: 'error' | 'remove'): void {
  const parse = app.getDefaultJsonParser(onPrototype, onPrototype)
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parse(request, body as string, done)
  })
}

/** For routes of programs that hand on what others made: keys that would change a prototype are left out instead of refused. */
export function takeAnyJson(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json')
  takeJson(app, 'remove')
}

const ajvOptions = { allErrors: true, removeAdditional: false, useDefaults: true, allowUnionTypes: true } as const
const makeAjv = (coerceTypes: boolean) => formats.default(new Ajv({ ...ajvOptions, coerceTypes, keywords: ['kind', 'modifier'] }))
const strict = makeAjv(false)
const lenient = makeAjv(true)

// one in so many requests of a minute may come with a bad credential
const failuresInRequests = 10

async function identify(deps: Deps, failures: FailureLimit, request: FastifyRequest): Promise<Ctx> {
  const header = request.headers.authorization ?? ''
  const token = header.startsWith('Bearer ') ? header.slice(7) : undefined
  // an address that sent too many bad ones is not worth a look, unless it shows one that is known to be good
  if (token === undefined || !deps.verifier.knows(token)) failures.requireFew(request.ip)
  const actor = await verify(deps, token).catch(async (error: unknown) => {
    if (error instanceof AppError && error.kind === 'unauthenticated') await failures.count(request.ip)
    throw error
  })
  return { db: deps.db, actor, requestId: request.id, ip: request.ip, idempotency: null, ring: () => deps.bells.ring('outbox') }
}

async function verify(deps: Deps, token: string | undefined): Promise<Ctx['actor']> {
  if (token === undefined)
    throw new AppError('unauthenticated', 'credentials_missing', 'Send Authorization: Bearer with an access token or an API key')
  return deps.verifier.verify(token)
}

/** The context of a request without a credential, for the public routes that change something. */
export const anonymousCtx = (deps: Deps, request: FastifyRequest): Ctx => ({
  db: deps.db,
  actor: { kind: 'system', id: 'anonymous', admin: true },
  requestId: request.id,
  ip: request.ip,
  idempotency: null,
  ring: () => deps.bells.ring('outbox'),
})

const limitKey = ({ actor }: Ctx) => (actor.kind === 'user' ? actor.userId : actor.id)

async function answers(deps: Deps): Promise<boolean> {
  return deps.pool.query('select 1').then(
    () => true,
    () => false,
  )
}
