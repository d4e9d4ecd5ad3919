import type { Run } from '@orrery/shared-types'
import type { Client } from './client.ts'
import type { Started } from './load.ts'
import { tell } from './tell.ts'

export type Ended = Started & { run: Run }

export type Outcomes = {
  /** Programs that ended just as the oracle says, or canceled where somebody canceled them. */
  asPredicted: number
  canceled: number
  /** Programs of which a step was given up because three workers died over it: allowed, but few. */
  givenUp: number
  wrong: string[]
}

const readsAtOnce = 8

export async function readEnds(client: Client, started: Started[]): Promise<Ended[]> {
  const ends: Ended[] = []
  for (let from = 0; from < started.length; from += readsAtOnce) {
    const some = started.slice(from, from + readsAtOnce)
    ends.push(...(await Promise.all(some.map(async (each) => ({ ...each, run: await client.ask<Run>('GET', `/runs/${each.runId}`) })))))
  }
  return ends
}

export function judge(ends: Ended[]): Outcomes {
  const outcomes: Outcomes = { asPredicted: 0, canceled: 0, givenUp: 0, wrong: [] }
  for (const each of ends) {
    const { run, seed, program, canceled } = each
    if (run.outcome === 'cancelled' && canceled !== null) {
      outcomes.canceled += 1
      outcomes.asPredicted += 1
      continue
    }
    const states = Object.fromEntries(run.steps.filter((step) => step.itemIndex === null).map((step) => [step.key, step.status]))
    const found = { outcome: run.outcome, total: (run.output as { total?: number } | null)?.total ?? null, states }
    const isRight = JSON.stringify(found) === JSON.stringify(program.expected)
    if (isRight && canceled !== 'taken') outcomes.asPredicted += 1
    else if (run.steps.some((step) => step.error?.code === 'worker_lost')) {
      outcomes.givenUp += 1
      tell(
        `seed ${seed}, ${run.id} was given up: ${run.steps.flatMap((step) => (step.error?.code === 'worker_lost' ? step.key : [])).join(' ')}`,
      )
    } else
      outcomes.wrong.push(
        `seed ${seed}, ${run.id}, ${canceled === null ? '' : `cancel ${canceled}, `}${JSON.stringify(found)} instead of ${JSON.stringify(program.expected)}`,
      )
  }
  return outcomes
}

/** Runs whose end is another one than before. */
export function changedSince(before: Ended[], after: Ended[]): string[] {
  return after.filter((each, i) => JSON.stringify(each.run) !== JSON.stringify(before[i]?.run)).map((each) => each.runId)
}
