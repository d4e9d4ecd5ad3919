import { type Deps, Gauge } from '@orrery/service-kit'
import { ClientMessage, closeCodes } from '@orrery/shared-types'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { LogFollower, type Stamped } from '../events/index.ts'
import { Hall } from './audience.ts'
import type { ConnectionDeps } from './connection.deps.ts'
import { Connection } from './connection.sockets.ts'

const checker = TypeCompiler.Compile(ClientMessage)
const maxMessage = 64 * 1024
const deepEverySeconds = 30

export type SocketOptions = { publicUrl: string | undefined; perAddress: number }

/** Serves /ws: sockets in, events out. */
export class Sockets {
  private readonly deps: Deps
  private readonly options: SocketOptions
  private readonly hall = new Hall()
  private readonly connections = new Set<Connection>()
  private readonly perAddress = new Map<string, number>()
  private readonly follower: LogFollower
  private readonly timer: NodeJS.Timeout
  private seconds = 0

  constructor(deps: Deps, options: SocketOptions) {
    this.deps = deps
    this.options = options
    const { pool, log, bells } = deps
    this.follower = new LogFollower({ pool, log, onRing: (heard) => bells.on('events', heard) }, (events) => {
      this.hall.give(events)
      this.lookAgain(events)
    })
    const { connections } = this
    const gauge = { name: 'orrery_ws_connections', help: 'Open sockets', registers: [deps.registry] }
    new Gauge({
      ...gauge,
      collect() {
        this.set(connections.size)
      },
    })
    this.timer = setInterval(() => this.tick(), 1000)
    this.timer.unref()
  }

  start = (): Promise<void> => this.follower.start()

  async close(): Promise<void> {
    clearInterval(this.timer)
    this.hall.flush()
    for (const connection of this.connections) connection.close(closeCodes.goingAway, 'going away: reconnect')
    await this.follower.close()
  }

  /** Takes a socket in, or closes it with the reason why not. */
  open(socket: WebSocket, request: FastifyRequest): void {
    const { ip } = request
    const count = (this.perAddress.get(ip) ?? 0) + 1
    if (this.deps.stopping()) return socket.close(closeCodes.goingAway, 'going away')
    if (!isOwnOrigin(request, this.options.publicUrl)) return socket.close(closeCodes.forbidden, 'foreign origin')
    if (count > this.options.perAddress) return socket.close(closeCodes.tooMany, 'too many connections from this address')
    this.perAddress.set(ip, count)
    const connection = new Connection(socket, this.connectionDeps(), this.hall)
    this.connections.add(connection)
    socket.on('message', (data: Buffer, isBinary: boolean) => hear(socket, connection, data, isBinary))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.connections.delete(connection)
      connection.ended()
      const left = (this.perAddress.get(ip) ?? 1) - 1
      if (left > 0) this.perAddress.set(ip, left)
      else this.perAddress.delete(ip)
    })
  }

  private connectionDeps(): ConnectionDeps {
    const { pool, log, verifier, db, bells } = this.deps
    return {
      pool,
      log,
      verify: verifier.verify,
      head: () => this.follower.head,
      reach: (place) => this.follower.reach(place),
      ctx: (actor, requestId) => ({ db, actor, requestId, ip: null, idempotency: null, ring: () => bells.ring('outbox') }),
    }
  }

  /** Whoever lost a membership is looked at again at once. */
  private lookAgain(events: Stamped[]): void {
    const lost = events.filter((event) => revoking.has(event.type))
    if (lost.length === 0) return
    const users = new Set(lost.map((event) => (event.payload as { userId?: string }).userId))
    for (const connection of this.connections) {
      if (users.has(undefined) || users.has(connection.userId)) void connection.check(true).catch(() => undefined)
    }
  }

  private tick(): void {
    this.seconds += 1
    const deep = this.seconds % deepEverySeconds === 0
    for (const connection of this.connections) void connection.check(deep).catch(() => undefined)
  }
}

const revoking: ReadonlySet<string> = new Set(['member.removed', 'member.updated', 'project.deleted'])

/** Serves /ws from now on. */
export async function serveSockets(app: FastifyInstance, deps: Deps, options: SocketOptions): Promise<Sockets> {
  const sockets = new Sockets(deps, options)
  await sockets.start()
  const config = { public: true, rateLimit: false } as const
  app.get('/ws', { websocket: true, config, schema: { hide: true } }, (socket: WebSocket, request) => sockets.open(socket, request))
  return sockets
}

function hear(socket: WebSocket, connection: Connection, data: Buffer, isBinary: boolean): void {
  if (data.length > maxMessage) return connection.close(closeCodes.tooBig, 'message too big')
  const message = isBinary ? undefined : parse(data)
  if (message) connection.receive(message)
  else socket.send('{"type":"error","code":"message_invalid","message":"This is no message of the protocol","recoverable":true}')
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
