import type { Ctx, TxCtx } from '@orrery/core'
import { and, asc, desc, isNull, lt, sql } from 'drizzle-orm'
import type { JWK } from 'jose'
import { signingKeys } from './signing-key.table.ts'

const lockKey = 7_027_101

/** Lets one process at a time decide about keys. */
export const lock = (ctx: TxCtx) => ctx.db.execute(sql`select pg_advisory_xact_lock(${lockKey})`)

/** The key to sign with: the newest that is active, or the very first while none is yet. */
export async function current(ctx: Ctx) {
  const active = sql`${signingKeys.activeFrom} <= now()`
  const [row] = await ctx.db.select().from(signingKeys).orderBy(desc(active), desc(signingKeys.activeFrom), asc(signingKeys.kid)).limit(1)
  return row
}

/** Keeps a new key. It signs from `activeInMs` on, when every service can have learnt of it. */
export async function insert(ctx: TxCtx, key: { kid: string; sealed: string; jwk: JWK; activeInMs: number }) {
  const activeFrom = sql`now() + ${key.activeInMs} * interval '1 millisecond'`
  await ctx.db.insert(signingKeys).values({ kid: key.kid, sealed: key.sealed, activeFrom })
  await ctx.db.execute(sql`insert into platform.public_keys (kid, jwk) values (${key.kid}, ${JSON.stringify(key.jwk)})`)
}

export async function supersedeOthers(ctx: TxCtx, kid: string) {
  await ctx.db
    .update(signingKeys)
    .set({ supersededAt: sql`now()` })
    .where(and(sql`${signingKeys.kid} <> ${kid}`, isNull(signingKeys.supersededAt)))
}

/** Forgets keys whose last token ended. */
export async function removeSuperseded(ctx: TxCtx, olderThanMs: number): Promise<string[]> {
  const rows = await ctx.db
    .delete(signingKeys)
    .where(lt(signingKeys.supersededAt, sql`now() - ${olderThanMs} * interval '1 millisecond'`))
    .returning({ kid: signingKeys.kid })
  for (const { kid } of rows) await ctx.db.execute(sql`delete from platform.public_keys where kid = ${kid}`)
  return rows.map((row) => row.kid)
}

/** True while the newest key is younger than `ms`. */
export async function hasYounger(ctx: Ctx, ms: number): Promise<boolean> {
  const rows = await ctx.db
    .select({ kid: signingKeys.kid })
    .from(signingKeys)
    .where(sql`${signingKeys.createdAt} > now() - ${ms} * interval '1 millisecond'`)
    .limit(1)
  return rows.length > 0
}

export async function publicKeys(ctx: Ctx): Promise<JWK[]> {
  const { rows } = await ctx.db.execute<{ jwk: JWK }>(sql`select jwk from platform.public_keys order by created_at, kid`)
  return rows.map((row) => row.jwk)
}
