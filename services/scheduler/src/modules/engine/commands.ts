import type { IdempotencyKey } from '@orrery/core'
import type { Id, LeasedStep, RunTrigger } from '@orrery/shared-types'
import type { Json, Plan } from '../workflows/index.ts'
import type { Progress } from './progress.ts'
import type { AuditRow, LogRow, TimerRow } from './rows.ts'
import type { StepRef } from './step-id.ts'
import type { AttemptOutcome } from './turn.ts'

/**
 * What becomes of the dead letters of the run that is repeated: `close` those of steps that are done again, so that nobody
 * redrives them beside it; `take` all of them, and begin only if there were any; or `leave` them.
 */
export type Letters = 'close' | 'take' | 'leave'

/** A run to be made. Ids are UUIDs. */
export type NewRun = {
  id: string
  projectId: string
  workflowId: string
  version: number
  plan: Plan
  trigger: RunTrigger
  input: { [key: string]: Json }
  scheduleId: string | null
  taskId: string | null
  parent: { run: string; ordinal: number; attempt: number; depth: number } | null
  /** The run that this one repeats, with what it keeps of it. */
  origin?: { run: string; progress: Progress; kept: readonly number[]; letters: Letters }
  /** Its workflow is paused: it begins nothing until that ends. */
  held?: boolean
  by: Pick<AuditRow, 'actor_kind' | 'actor_id' | 'ip' | 'request_id'>
}

export type Claimer = {
  worker: string
  room: Map<string, number>
  given: LeasedStep[]
  resolve: (steps: LeasedStep[]) => void
  /** Waits for work until then, by the local clock in ms; 0 doesn't wait. */
  until: number
  /** Aborted when whoever asks has hung up. */
  gone: AbortSignal | undefined
}

/** `refused`: its result could not be kept, so that nobody need try it again. */
export type AttemptEnd = { run: string; ordinal: number; attempt: number; end: AttemptOutcome; refused?: boolean }

export type Command = { fail: (error: unknown) => void } & (
  | { kind: 'create'; run: NewRun; key: IdempotencyKey | null; answer: unknown; done: (admitted: Admission) => void }
  | { kind: 'exchange'; results: AttemptEnd[]; logs: LogRow[]; claimer: Claimer }
  | { kind: 'cancel'; run: string; by: NewRun['by']; key: IdempotencyKey | null; done: (canceled: boolean) => void }
  | {
      kind: 'signal'
      run: string
      name: string
      payload: Json
      by: NewRun['by']
      key: IdempotencyKey | null
      done: (taken: boolean) => void
    }
  | {
      kind: 'decide'
      ref: StepRef
      approve: boolean
      comment: string | null
      by: NewRun['by']
      key: IdempotencyKey | null
      done: (taken: boolean) => void
    }
  | { kind: 'timers'; timers: TimerRow[]; done: () => void }
  | {
      kind: 'drain'
      refs: { run: string; ordinal: number }[]
      by: NewRun['by']
      audit: Pick<AuditRow, 'entity_id' | 'project_id'>
      done: (count: number) => void
    }
  | { kind: 'lost'; refs: { run: string; ordinal: number }[]; done: () => void }
)
/** What becomes of a change that somebody asks for. */
export type Admission = 'new' | 'repeated' | 'refused'
export type CommandOf<K extends Command['kind']> = Extract<Command, { kind: K }>
export type RunId = Id<'run'>
