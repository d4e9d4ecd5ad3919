import type { Run } from '@orrery/shared-types'
import { eventually, type TestUser } from '@orrery/testing'
import { Client } from './client.ts'
import type { Field } from './field.ts'

const withinMs = 60_000

/** Parts that do nothing any more though all is healed: schedulers that take no run, workers that ask for no work. */
export async function idleParts({ it, parts }: Field, owner: TestUser, workflowId: string): Promise<string[]> {
  const healedAt = new Date()
  const idle: string[] = []
  for (const part of parts.filter((each) => each.kind === 'scheduler')) {
    const client = new Client([part.url], owner, withinMs)
    const made = await client.ask<Run>('POST', '/runs', { workflowId }, `alive-${part.name}`).catch((error: Error) => error)
    if (made instanceof Error) idle.push(`${part.name}: ${made.message}`)
  }
  const workers = parts.filter((each) => each.kind === 'worker').length
  const asking = async () => {
    const { rows } = await it.admin.query('select count(*)::int as n from scheduler.workers where seen_at > $1', [healedAt])
    return rows[0].n >= workers
  }
  await eventually('every worker to ask for work', asking, withinMs).catch((error: Error) => idle.push(error.message))
  return idle
}
