import type { Id, ProjectRole } from '@orrery/shared-types'
import { is } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { PgTransaction } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { type IdempotencyKey, keepAnswer } from './idempotency.ts'
import { socketOf } from './together.ts'

export type { ClientBase as SqlClient, Pool as SqlPool } from 'pg'
export type { IdempotencyKey } from './idempotency.ts'
export type Db = NodePgDatabase
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0]

/** What a verb may log with. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>

/** Who asks. Only a verified credential makes one. */
export type Actor =
  | { kind: 'user'; userId: Id<'user'>; sessionId: Id<'session'>; admin: boolean }
  | { kind: 'apiKey'; id: Id<'apiKey'>; userId: Id<'user'>; admin: false; projectId: Id<'project'> | null; role: ProjectRole }
  | { kind: 'system'; id: string; admin: true }

/** What every verb gets first: who asks, through which database, as part of what. */
export type Ctx<D extends Db | Tx = Db | Tx> = {
  readonly db: D
  readonly actor: Actor
  readonly requestId: string
  readonly ip: string | null
  readonly idempotency: IdempotencyKey | null
  /** Called once a transaction that published has been committed: rings whoever moves the event log. */
  readonly ring: () => void
}
/** A context inside a transaction. Writes, `publish` and `audit` ask for this one, so they can't run outside. */
export type TxCtx = Ctx<Tx>

/** Joins the caller's transaction if there is one. Shadow `ctx` in the callback so that the outer one is out of reach. */
export async function inTx<T>(ctx: Ctx, work: (ctx: TxCtx) => Promise<T>): Promise<T> {
  const { db } = ctx
  if (is(db, PgTransaction)) return work({ ...ctx, db: db as Tx })
  const result = await (db as Db).transaction(async (tx) => {
    const result = await work({ ...ctx, db: tx })
    if (ctx.idempotency) await keepAnswer(tx, ctx.idempotency, result)
    return result
  })
  ctx.ring()
  return result
}

/** A context for work that nobody asked for: timers, consumers, reconcilers. */
export const systemCtx = (db: Db, id: string, ring: () => void): Ctx<Db> => ({
  db,
  actor: { kind: 'system', id, admin: true },
  requestId: id,
  ip: null,
  idempotency: null,
  ring,
})

/** `pipeline` lets queries be sent before the answers of earlier ones are there; `settings` is said first on each connection. */
export type DbOptions = pg.PoolConfig & { pipeline?: boolean; settings?: string; onError: (error: Error) => void; silentMs?: number }

// the server ends a statement, and a transaction that does nothing, after 30 s: who says nothing for longer is gone
const longestSilenceMs = 35_000

/**
 * Opens a pool whose failures are reported instead of ending the process. Waits at most 2 s for a connection, and gives one
 * up through which nothing comes any more: a network that swallows bytes reports no error by itself.
 */
export function openDb({ silentMs = longestSilenceMs, settings, ...options }: DbOptions) {
  const pool = new pg.Pool({ connectionTimeoutMillis: 2000, ...options })
  pool.on('error', options.onError)
  pool.on('connect', (client) => {
    client.on('error', options.onError)
    const socket = socketOf(client)
    socket.setTimeout(silentMs, () => socket.destroy(new Silence(silentMs)))
    if (settings !== undefined) client.query(settings).catch(options.onError)
  })
  return { pool, db: drizzle(pool) }
}

class Silence extends Error {
  readonly code = 'ETIMEDOUT'
  constructor(ms: number) {
    super(`Connection terminated: the database said nothing for ${ms} ms`)
  }
}

/** The single row a write must return; anything else is our bug, so it is loud. */
export function one<T>(rows: T[]): T {
  const [row, ...rest] = rows
  if (row === undefined || rest.length > 0) throw new Error(`Expected one row, got ${rows.length}`)
  return row
}
