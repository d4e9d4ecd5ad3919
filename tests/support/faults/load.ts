import { setTimeout as pause } from 'node:timers/promises'
import type { Approval, Run } from '@orrery/shared-types'
import { callees, makeProgram, type Program, seeded } from '../programs.ts'
import type { Client } from './client.ts'

/** What became of a wish to cancel: taken, or refused because the run had ended. */
type Cancellation = 'taken' | 'refused' | null
export type Started = {
  seed: number
  program: Program
  runId: string
  /** How it repeats another one that had ended; null for a first run. */
  way: string | null
  canceled: Cancellation
  signaled: string[]
  /** Steps that somebody was told were approved. */
  approved: string[]
}

type Surroundings = { client: Client; projectId: string; witness: string; random: () => number }

const starters = 4

/** Starts programs, a few at a time, until a time, sends their signals, cancels some of them. */
export async function startPrograms(with_: Surroundings, firstSeed: number, until: number): Promise<Started[]> {
  const { random } = with_
  for (const [slug, definition] of Object.entries(callees)) await publish(with_, slug, definition)
  const started: Started[] = []
  const followed: Promise<void>[] = []
  let next = firstSeed
  const starter = async () => {
    while (Date.now() < until) {
      const each = await startProgram(with_, next++)
      started.push(each)
      const chance = seeded(each.seed + 1)
      followed.push(
        follow(with_.client, each, chance).then(async () => {
          const again = chance() < 0.2 ? await repeat(with_.client, each, chance) : undefined
          if (again) started.push(again)
          if (again) await follow(with_.client, again, chance)
        }),
      )
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
  return { seed, program, runId: run.id, way: null, canceled: null, signaled: [], approved: [] }
}

/** Signals come at any time, some before anything waits for them. One program in ten is canceled at some time. */
async function follow(client: Client, each: Started, random: () => number): Promise<void> {
  const cancelAfterMs = random() < 0.1 ? random() * 4000 : null
  await Promise.all([
    sendSignals(client, each, random),
    approve(client, each),
    cancelAfterMs !== null && pause(cancelAfterMs).then(() => cancel(client, each)),
  ])
}

const longestRunMs = 60_000

/** Repeats a run that has ended: it must end as the program does. */
async function repeat(client: Client, { seed, program, runId }: Started, random: () => number): Promise<Started | undefined> {
  const giveUpAt = Date.now() + longestRunMs
  let run = await client.ask<Run>('GET', `/runs/${runId}`)
  while (run.endedAt === null) {
    if (Date.now() > giveUpAt) return undefined
    await pause(500)
    run = await client.ask<Run>('GET', `/runs/${runId}`)
  }
  const fromStep = program.stepKeys[Math.floor(random() * program.stepKeys.length)]
  const ways: [string, object][] = [
    ...(run.outcome === 'success' ? [] : ([['retry', {}]] as [string, object][])),
    ['replay', {}],
    ['fork', { fromStep }],
  ]
  const [way, body] = ways[Math.floor(random() * ways.length)] ?? ['replay', {}]
  const again = await client.ask<Run>('POST', `/runs/${runId}/${way}`, body, `${way}-${seed}`)
  return { seed, program, runId: again.id, way, canceled: null, signaled: [], approved: [] }
}

async function sendSignals(client: Client, each: Started, random: () => number): Promise<void> {
  for (const { name, payload } of each.program.signals) {
    await pause(random() * 1500)
    const { status, body } = await client.send('POST', `/runs/${each.runId}/signals/${name}`, { payload }, `${name} ${each.runId}`)
    if (status < 300) each.signaled.push(name)
    else if (status !== 409) throw new Error(`signal ${name} of seed ${each.seed}: ${status} ${JSON.stringify(body)}`)
  }
}

/** Approves what its steps ask, as long as it may ask anything more. */
async function approve(client: Client, each: Started): Promise<void> {
  const giveUpAt = Date.now() + longestRunMs
  for (let left = each.program.asks; left > 0 && Date.now() < giveUpAt; ) {
    await pause(300)
    const { items } = await client.ask<{ items: Approval[] }>('GET', `/approvals?runId=${each.runId}&state=pending`)
    for (const { id } of items) {
      const { status, body } = await client.send('POST', `/approvals/${id}/approve`, {}, id)
      if (status === 200) each.approved.push(id)
      else if (status !== 409) throw new Error(`approving ${id} of seed ${each.seed}: ${status} ${JSON.stringify(body)}`)
      left -= 1
    }
    if (items.length === 0 && (await client.ask<Run>('GET', `/runs/${each.runId}`)).endedAt !== null) return
  }
}

async function cancel(client: Client, each: Started): Promise<void> {
  const { status, body } = await client.send('POST', `/runs/${each.runId}/cancel`, undefined, each.runId)
  if (status !== 200 && status !== 409) throw new Error(`canceling seed ${each.seed}: ${status} ${JSON.stringify(body)}`)
  each.canceled = status === 200 ? 'taken' : 'refused'
}
