import { sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'

/** Names one request of one caller, so that a repeated one gets the first answer again. */
export type IdempotencyKey = {
  scope: string
  key: string
  requestHash: string
  /** It was used before, and what it changed is answered as it is now. */
  repeated?: boolean
}

/** Kept in place of an answer by a change that answers with what it changed: a repeated request is told how that is by then. */
export const answeredAnew = 'anew'

/** Keeps the answer beside the change it belongs to, in its transaction. A second one with the same key fails here and changes nothing. */
export async function keepAnswer(
  tx: Pick<NodePgDatabase, 'execute'>,
  { scope, key, requestHash }: IdempotencyKey,
  answer: unknown,
): Promise<void> {
  await tx.execute(
    sql`insert into platform.idempotency_keys (scope, key, request_hash, answer) values (${scope}, ${key}, ${requestHash}, ${JSON.stringify(answer ?? null)})`,
  )
}

/** The answer that was kept for a key, with the hash of the request that it belongs to. */
export async function findAnswer(
  db: Pick<NodePgDatabase, 'execute'>,
  scope: string,
  key: string,
): Promise<{ requestHash: string; answer: unknown } | undefined> {
  const { rows } = await db.execute<{ request_hash: string; answer: unknown }>(
    sql`select request_hash, answer from platform.idempotency_keys where scope = ${scope} and key = ${key}`,
  )
  return rows[0] && { requestHash: rows[0].request_hash, answer: rows[0].answer }
}
