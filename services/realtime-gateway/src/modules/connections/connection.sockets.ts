import { type Deps, Gauge } from '@orrery/service-kit'
import { ClientMessage, closeCodes } from '@orrery/shared-types'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { LogFollower, type Stamped } from '../events/index.ts'
import { Hall } from './audience.ts'
import { Connection } from './connection.ts'

const checker = TypeCompiler.Compile(ClientMessage)
const maxMessage = 64 * 1024
const deepEverySeconds = 30

export type SocketOptions = { publicUrl: string | undefined; perAddress: number }

/** Serves /ws: sockets in, events out. */
export async function serveSockets(app: FastifyInstance, deps: Deps, options: SocketOptions): Promise<{ count: () => number; close: () => Promise<void> }> {
  const hall = new Hall()
  const connections = new Set<Connection>()
  const perAddress = new Map<string, number>()
  new Gauge({ name: 'orrery_ws_connections', help: 'Open sockets', registers: [deps.registry], collect() { this.set(connections.size) } })
  const follower = new LogFollower(deps, (events) => {
    hall.give(events)
    dropMembers(events)
  })
  await follower.start()
  const connectionDeps = {
    pool: deps.pool,
    log: deps.log,
    verify: deps.verifier.verify,
    head: () => follower.head,
    ctx: (actor: Parameters<typeof actorCtx>[1], id: string) => actorCtx(deps, actor, id),
  }

  /** Whoever lost a membership is looked at again at once. */
  function dropMembers(events: Stamped[]): void {
    const lost = events.filter((event) => event.type === 'member.removed' || event.type === 'member.updated' || event.type === 'project.deleted')
    if (lost.length === 0) return
    const users = new Set(lost.map((event) => (event.payload as { userId?: string }).userId))
    for (const connection of connections) if (users.has(undefined) || users.has(connection.userId)) void connection.check(true).catch(() => undefined)
  }

  app.get('/ws', { websocket: true, config: { public: true, rateLimit: false }, schema: { hide: true } }, (socket: WebSocket, request) => {
    const open = (perAddress.get(request.ip) ?? 0) + 1
    if (deps.stopping()) return socket.close(closeCodes.goingAway, 'going away')
    if (!isOwnOrigin(request, options.publicUrl)) return socket.close(closeCodes.forbidden, 'foreign origin')
    if (open > options.perAddress) return socket.close(closeCodes.tooMany, 'too many connections from this address')
    perAddress.set(request.ip, open)
    const connection = new Connection(socket, connectionDeps, hall)
    connections.add(connection)
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (data.length > maxMessage) return connection.close(closeCodes.tooBig, 'message too big')
      const message = isBinary ? undefined : parse(data)
      if (message) connection.receive(message)
      else socket.send('{"type":"error","code":"message_invalid","message":"This is no message of the protocol","recoverable":true}')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      connections.delete(connection)
      connection.ended()
      const left = (perAddress.get(request.ip) ?? 1) - 1
      if (left > 0) perAddress.set(request.ip, left)
      else perAddress.delete(request.ip)
    })
  })

  let seconds = 0
  const timer = setInterval(() => {
    seconds += 1
    for (const connection of connections) void connection.check(seconds % deepEverySeconds === 0).catch(() => undefined)
  }, 1000)
  timer.unref()
  return {
    count: () => connections.size,
    async close() {
      clearInterval(timer)
      hall.flush()
      for (const connection of connections) connection.close(closeCodes.goingAway, 'going away: reconnect')
      await follower.close()
    },
  }
}

/** A browser says where its page came from; scripts say nothing. */
function isOwnOrigin(request: FastifyRequest, publicUrl: string | undefined): boolean {
  const { origin } = request.headers
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  return new URL(origin).host === request.headers.host || (publicUrl !== undefined && new URL(publicUrl).origin === origin)
}

function parse(data: Buffer): ClientMessage | undefined {
  try {
    const message: unknown = JSON.parse(data.toString('utf8'))
    return checker.Check(message) ? message : undefined
  } catch {
    return undefined
  }
}

const actorCtx = (deps: Deps, actor: Awaited<ReturnType<Deps['verifier']['verify']>>, id: string) => ({
  db: deps.db,
  actor,
  requestId: id,
  ip: null,
  idempotency: null,
  ring: () => deps.bells.ring('outbox'),
})
