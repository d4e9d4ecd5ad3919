import { fromUuid, newUuid, toUuid } from '@orrery/core'
import type { Id } from '@orrery/shared-types'

// A step's id is its run's id with the step's ordinal in the lowest 20 bits: the last four digits of the TypeID,
// the last five of the UUID. So a step is found by the key of its run, and needs no index of its own.
const digits = '0123456789abcdefghjkmnpqrstvwxyz'
const maxOrdinal = 0xfffff

/** A UUIDv7 whose lowest 20 bits are free for the ordinals of steps. */
export const newRunUuid = (): string => `${newUuid().slice(0, -5)}00000`

export function stepIdOf(runId: Id<'run'>, ordinal: number): Id<'step'> {
  if (ordinal < 1 || ordinal > maxOrdinal) throw new RangeError(`No ordinal of a step: ${ordinal}`)
  const digit = (shift: number) => digits[(ordinal >> shift) & 31] ?? ''
  return `stp_${runId.slice(4, -4)}${digit(15)}${digit(10)}${digit(5)}${digit(0)}` as Id<'step'>
}

export type StepRef = { run: string; ordinal: number }

/** The run's UUID and the ordinal behind a step's id. */
export function readStepId(id: string): StepRef | undefined {
  const uuid = toUuid('step', id)
  if (!uuid) return undefined
  const ordinal = Number.parseInt(uuid.slice(-5), 16)
  return ordinal === 0 ? undefined : { run: `${uuid.slice(0, -5)}00000`, ordinal }
}

export const runIdOf = (uuid: string): Id<'run'> => fromUuid('run', uuid)
