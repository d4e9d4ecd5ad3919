import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '@orrery/service-kit'
import { version } from '@orrery/service-kit'
import { Health, HealthDetailed, type PartState } from '@orrery/shared-types'
import type { Part } from '../../clients/parts.ts'
import { oldestWaitMs } from '../events/index.ts'

type Options = { parts: Part[]; codeSteps: HealthDetailed['codeSteps'] }

const keepMs = 500

export const healthRoutes =
  (deps: Deps, { parts, codeSteps }: Options): FastifyPluginAsyncTypebox =>
  async (app) => {
    let kept: { at: number; answer: Promise<HealthDetailed> } | undefined
    const look = () => {
      // many may ask at once; the parts are asked at most twice a second
      if (!kept || Date.now() - kept.at > keepMs) kept = { at: Date.now(), answer: examine(deps, parts, codeSteps) }
      return kept.answer
    }
    const open = { public: true, rateLimit: false } as const
    const tags = ['health']
    for (const prefix of ['', '/api/v1']) {
      const hide = prefix !== ''
      app.get(
        `${prefix}/health`,
        { config: open, schema: { hide, tags, operationId: 'getHealth', summary: 'Is it well?', response: { 200: Health, 503: Health } } },
        async (_request, reply) => {
          const health = await look()
          return reply.code(health.status === 'unhealthy' ? 503 : 200).send(health)
        },
      )
      app.get(
        `${prefix}/health/detailed`,
        {
          config: open,
          schema: {
            hide,
            tags,
            operationId: 'getHealthDetailed',
            summary: 'Each part and how fast it answers',
            response: { 200: HealthDetailed, 503: HealthDetailed },
          },
        },
        async (_request, reply) => {
          const health = await look()
          return reply.code(health.status === 'unhealthy' ? 503 : 200).send(health)
        },
      )
    }
  }

type Finding = HealthDetailed['parts'][number]

async function examine(deps: Deps, parts: Part[], codeSteps: Options['codeSteps']): Promise<HealthDetailed> {
  const own: Part[] = [
    { name: 'database', state: () => deps.pool.query('select 1').then(() => 'healthy'), openApi: async () => null },
    { name: 'redis', state: () => deps.redis.ping().then(() => 'healthy'), openApi: async () => null },
    { name: 'realtime-gateway', state: () => stateOfLine(deps), openApi: async () => null },
  ]
  const found = await Promise.all([...own, ...parts].map(measure))
  const of = (name: string): PartState => found.find((each) => each.name === name)?.state ?? 'unhealthy'
  const named = {
    database: of('database'),
    redis: of('redis'),
    memoryMcp: of('memory-mcp'),
    websocket: of('realtime-gateway'),
    worker: of('worker'),
  }
  const all = [...Object.values(named), ...found.map((each) => each.state)]
  // without the database nothing is true; without another part something is missing
  const status: PartState = named.database !== 'healthy' ? 'unhealthy' : all.every((state) => state === 'healthy') ? 'healthy' : 'degraded'
  return { status, ...named, version, codeSteps, parts: found }
}

const longestLagMs = 30_000

/** Whether events get through: one that waits to be stamped for long says that nobody does it any more. */
async function stateOfLine(deps: Deps): Promise<PartState> {
  if (deps.stopping() || (await oldestWaitMs(deps.pool)) > longestLagMs) return 'degraded'
  return 'healthy'
}

async function measure(part: Part): Promise<Finding> {
  const began = performance.now()
  try {
    const state = await Promise.race([part.state(), tooLate()])
    return { name: part.name, state, latencyMs: Math.round((performance.now() - began) * 10) / 10, detail: null }
  } catch (error) {
    return {
      name: part.name,
      state: 'unhealthy',
      latencyMs: null,
      detail: error instanceof TooLate ? 'It does not answer' : 'It can not be reached',
    }
  }
}

class TooLate extends Error {}
const tooLate = () =>
  new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new TooLate()), 2000).unref()
  })
