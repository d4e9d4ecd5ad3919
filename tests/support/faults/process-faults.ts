import { setTimeout as pause } from 'node:timers/promises'
import type { CrashPoint } from '@orrery/core'
import { eventually } from '@orrery/testing'
import { type Fault, type Field, fault, withOne } from './field.ts'
import { crashPoints, homeOf, type Part, type PartKind } from './part.ts'

const kinds: PartKind[] = ['scheduler', 'worker', 'realtime-gateway']

export const kills: Fault[] = kinds.map((kind) =>
  fault(`${kind} killed`, (field) =>
    withOne(field, kind, async (part) => {
      await part.signal('SIGKILL')
      await pause(field.random() * 500)
      await part.start()
    }),
  ),
)

async function stopFor(part: Part, ms: number): Promise<void> {
  await part.signal('SIGSTOP')
  await pause(ms)
  await part.signal('SIGCONT')
}

/** Every stop of a worker lasts past its lease: what it says when it wakes must change nothing. */
export const stops: Fault[] = [
  fault('worker stopped past its lease', (field) =>
    withOne(field, 'worker', (part) => stopFor(part, field.leaseMs * (1.2 + field.random() * 0.4))),
  ),
  fault('scheduler stopped', (field) => withOne(field, 'scheduler', (part) => stopFor(part, 1000 + field.random() * 3000))),
  fault('realtime-gateway stopped', (field) => withOne(field, 'realtime-gateway', (part) => stopFor(part, 1000 + field.random() * 3000))),
]

const dieWithinMs = 15_000

/** Starts a process that kills itself when it comes to a point, and one without when it has. */
async function dieAt(field: Field, part: Part, point: CrashPoint): Promise<boolean> {
  await part.signal('SIGKILL')
  await part.start(`${point}:${1 + Math.floor(field.random() * 5)}`)
  const died = await eventually('it to die', () => part.isDead, dieWithinMs).catch(() => false)
  if (!died) await part.signal('SIGKILL')
  await part.start()
  return died
}

/** A relay that does not lead stamps nothing: the one that leads is moved to the one that is to die. */
async function dethrone(field: Field, part: Part): Promise<void> {
  for (const other of field.parts) if (other.kind === part.kind && other !== part) other.lines.database?.cut()
}

export const points: Fault[] = crashPoints.map((point) =>
  fault(`${homeOf(point)} killed ${point}`, (field) =>
    withOne(field, homeOf(point), async (part) => {
      const dying = dieAt(field, part, point)
      if (homeOf(point) !== 'realtime-gateway') return dying
      // it asks for the lead once a second; the other one is kept from it until this one has died
      let over = false
      void dying.finally(() => {
        over = true
      })
      while (!over) {
        await dethrone(field, part)
        await pause(400)
      }
      return dying
    }),
  ),
)
