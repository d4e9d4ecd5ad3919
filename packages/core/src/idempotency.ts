import { sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'

/** Names one request of one caller, so that a repeated one gets the first answer again. */
export type IdempotencyKey = { scope: string; key: string; requestHash: string }

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
