import type { Step } from '@orrery/shared-types'
import type { Sighting } from '../witness.ts'
import type { Ended } from './outcomes.ts'

/** A canceled attempt ends at the worker's next heartbeat; a sleeping worker has none. */
const lateMs = 20_000

/** What the witness saw that must not be: calls that no attempt accounts for, keys that change, results of spent attempts. */
export function wrongEffects(ends: Ended[], seen: readonly Sighting[]): string[] {
  const wrong: string[] = []
  const byPath = Map.groupBy(seen, (each) => each.path)
  for (const { seed, run } of ends) {
    // what a run kept of the one that it repeats was called for that one
    const isOwn = (step: Step) => step.uses === 'http' && !(step.endedAt !== null && step.endedAt < run.createdAt)
    for (const step of run.steps.filter(isOwn)) {
      const about = `step ${step.key} of seed ${seed} (${step.id})`
      const path = `/p${seed}/${run.id}/${step.key}`
      const calls = byPath.get(path) ?? []
      byPath.delete(path)
      const keys = new Set(calls.map((each) => each.key))
      const attempts = new Set(calls.map((each) => each.attempt))
      if (calls.some((each) => each.key !== step.id)) wrong.push(`${about} was called under other keys: ${[...keys].join(' ')}`)
      if (attempts.size !== calls.length) wrong.push(`${about} was called twice in one attempt`)
      if (calls.length > step.attempt) wrong.push(`${about} was called ${calls.length} times in ${step.attempt} attempts`)
      if (step.status === 'done' && calls.length === 0) wrong.push(`${about} is done and was never called`)
      const by = (step.output as { body?: { attempt?: number } } | null)?.body?.attempt
      if (step.status === 'done' && by !== step.attempt) wrong.push(`${about} has the result of attempt ${by}, not of ${step.attempt}`)
      const late = calls.filter((each) => each.at > Date.parse(run.endedAt ?? '') + lateMs)
      if (late.length > 0) wrong.push(`${about} was called ${late.length} times after its run had ended`)
    }
  }
  for (const path of byPath.keys()) wrong.push(`${path} was called and belongs to no step`)
  return wrong
}
