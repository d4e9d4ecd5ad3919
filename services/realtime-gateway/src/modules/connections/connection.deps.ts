import type { Actor, Ctx } from '@orrery/core'
import type { Logger } from '@orrery/service-kit'
import type pg from 'pg'

/** What a connection needs from around it. */
export type ConnectionDeps = {
  pool: pg.Pool
  log: Logger
  verify: (token: string) => Promise<Actor>
  ctx: (actor: Actor, connectionId: string) => Ctx
  /** The place of the last event that was given on. */
  head: () => number
}
