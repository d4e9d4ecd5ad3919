import { sql } from 'drizzle-orm'
import type { IdempotencyKey, Tx } from './context.ts'

/** Keeps the answer beside the change it belongs to, in its transaction. A second one with the same key fails here and changes nothing. */
export async function keepAnswer(tx: Tx, { scope, key, requestHash }: IdempotencyKey, answer: unknown): Promise<void> {
  await tx.execute(
    sql`insert into platform.idempotency_keys (scope, key, request_hash, answer) values (${scope}, ${key}, ${requestHash}, ${JSON.stringify(answer ?? null)})`,
  )
}
