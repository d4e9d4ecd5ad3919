import { setTimeout as pause } from 'node:timers/promises'
import type { Run } from '@orrery/shared-types'
import { leaf, makeProgram, type Program, seeded } from '../programs.ts'
import type { Client } from './client.ts'

/** What became of a wish to cancel: taken, or refused because the run had ended. */
type Cancellation = 'taken' | 'refused' | null
export type Started = { seed: number; program: Program; runId: string; canceled: Cancellation; signaled: string[] }

type Surroundings = { client: Client; projectId: string; witness: string; random: () => number }

const starters = 4

/** Starts programs, a few at a time, until a time, sends their signals, cancels some of them. */
export async function startPrograms(with_: Surroundings, firstSeed: number, until: number): Promise<Started[]> {
  const { random } = with_
  await publish(with_, 'leaf', leaf)
  const started: Started[] = []
  const followed: Promise<void>[] = []
  let next = firstSeed
  const starter = async () => {
    while (Date.now() < until) {
      const each = await startProgram(with_, next++)
      started.push(each)
      followed.push(follow(with_.client, each, seeded(each.seed + 1)))
      await pause(500 + random() * 1500)
    }
  }
  await Promise.all(Array.from({ length: starters }, starter))
  await Promise.all(followed)
  return started
}

export async function publish({ client, projectId }: Surroundings, slug: string, definition: object): Promise<string> {
  const { id } = await client.ask<{ id: string }>('POST', '/workflows', { projectId, slug, name: slug, definition }, `make-${slug}`)
  await client.ask('POST', `/workflows/${id}/publish`, {}, `publish-${slug}`)
  return id
}

async function startProgram(with_: Surroundings, seed: number): Promise<Started> {
  const program = makeProgram(seed, with_.witness)
  const workflowId = await publish(with_, `p${seed}`, program.definition)
  const run = await with_.client.ask<Run>('POST', '/runs', { workflowId, input: {} }, `run-${seed}`)
  return { seed, program, runId: run.id, canceled: null, signaled: [] }
}

/** Signals come at any time, some before anything waits for them. One program in ten is canceled at some time. */
async function follow(client: Client, each: Started, random: () => number): Promise<void> {
  const cancelAfterMs = random() < 0.1 ? random() * 4000 : null
  await Promise.all([sendSignals(client, each, random), cancelAfterMs !== null && pause(cancelAfterMs).then(() => cancel(client, each))])
}

async function sendSignals(client: Client, each: Started, random: () => number): Promise<void> {
  for (const { name, payload } of each.program.signals) {
    await pause(random() * 1500)
    const { status, body } = await client.send('POST', `/runs/${each.runId}/signals/${name}`, { payload })
    if (status < 300) each.signaled.push(name)
    else if (status !== 409) throw new Error(`signal ${name} of seed ${each.seed}: ${status} ${JSON.stringify(body)}`)
  }
}

async function cancel(client: Client, each: Started): Promise<void> {
  const { status, body } = await client.send('POST', `/runs/${each.runId}/cancel`)
  if (status !== 200 && status !== 409) throw new Error(`canceling seed ${each.seed}: ${status} ${JSON.stringify(body)}`)
  each.canceled = status === 200 ? 'taken' : 'refused'
}
