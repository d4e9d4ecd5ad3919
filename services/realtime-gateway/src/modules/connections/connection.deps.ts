import type { Actor, Ctx, Log, SqlPool } from '@orrery/core'

/** What a connection needs from around it. */
export type ConnectionDeps = {
  pool: SqlPool
  log: Log
  verify: (token: string) => Promise<Actor>
  ctx: (actor: Actor, connectionId: string) => Ctx
  /** The place of the last event that was given on. */
  head: () => number
  /** Has the log read up to a place; false where it ends before. */
  reach: (place: number) => Promise<boolean>
}
