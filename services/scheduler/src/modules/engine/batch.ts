import { fromUuid, type LoggedEvent, toLoggedEvent } from '@orrery/core'
import type { EventName, EventPayload, Id, Outcome, Status } from '@orrery/shared-types'
import { type PlanNode, unitsOfTransaction, unitsSpent } from '../workflows/index.ts'
import type {
  ApprovalRow,
  AttemptRow,
  AuditRow,
  DeadLetterRow,
  DecidedApproval,
  LiveRow,
  LogRow,
  NewTimer,
  RunBlocked,
  RunEnd,
  RunRow,
  SignalRow,
  SlotRow,
  Stamp,
  StateRow,
  StepRow,
} from './rows.ts'
import { runIdOf, stepIdOf } from './step-id.ts'

type ChangedLive = Pick<LiveRow, 'run_id' | 'ordinal' | 'state' | 'attempt' | 'worker' | 'started_at'>
type LogCount = Pick<LiveRow, 'run_id' | 'ordinal' | 'attempt'> & { log_lines: number; log_bytes: number }
type StateSet = Pick<
  StateRow,
  | 'run_id'
  | 'entity_version'
  | 'started'
  | 'nodes'
  | 'fans'
  | 'next_ordinal'
  | 'error'
  | 'ending'
  | 'open'
  | 'waits'
  | 'blocked'
  | 'slot_waiting'
>

/** Everything that one transaction of the engine writes, gathered first and written at once. */
export class Batch {
  /** How long a worker may be silent before what is leased here is given to another. */
  readonly leaseMs: number
  readonly newRuns: RunRow[] = []
  readonly newStates: StateRow[] = []
  readonly states: StateSet[] = []
  readonly endedStates: string[] = []
  readonly startedRuns: { id: string; started_at: Stamp }[] = []
  readonly endedRuns: RunEnd[] = []
  readonly steps: StepRow[] = []
  readonly newLive: LiveRow[] = []
  readonly changedLive: ChangedLive[] = []
  /** Steps of the backlog that this transaction leases. */
  readonly claimedLive: { tid: string; worker: string | null }[] = []
  readonly attempts: AttemptRow[] = []
  readonly timers: NewTimer[] = []
  readonly audits: AuditRow[] = []
  readonly signals: SignalRow[] = []
  readonly deadLetters: DeadLetterRow[] = []
  readonly approvals: ApprovalRow[] = []
  readonly decidedApprovals: DecidedApproval[] = []
  readonly logs: LogRow[] = []
  /** By attempt, the last count of each. */
  readonly logCounts = new Map<string, LogCount>()
  readonly blockedRuns: RunBlocked[] = []
  readonly slots: SlotRow[] = []
  /** Runs that wait for something else than before, or for nothing. */
  readonly movedSlots: Pick<StateRow, 'run_id' | 'slot_key' | 'slot_limit'>[] = []
  readonly freedSlots: string[] = []
  readonly events: LoggedEvent[] = []
  private began: string | undefined
  private readonly spentBefore = unitsSpent()

  constructor(leaseMs: number) {
    this.leaseMs = leaseMs
  }

  /** When the transaction began, by the database's clock, as ISO 8601. */
  get now(): string {
    if (this.began === undefined) throw new Error('The transaction has not begun: its time is not known')
    return this.began
  }

  /** Its expressions have taken so long that the rest is left to the next transaction. */
  get isLong(): boolean {
    return unitsSpent() - this.spentBefore > unitsOfTransaction
  }

  beginAt(now: Date): void {
    this.began = now.toISOString()
  }

  /** Takes a signal back that came in this very transaction, before anything waited for it. */
  takeSignal(run: string, name: string): SignalRow | undefined {
    const at = this.signals.findIndex((each) => each.run_id === run && each.name === name)
    return at === -1 ? undefined : this.signals.splice(at, 1)[0]
  }

  /** Takes back living steps that were to be put down by this transaction. */
  takeLive(which: (row: LiveRow) => boolean): LiveRow[] {
    const taken = this.newLive.filter(which)
    if (taken.length > 0) this.newLive.splice(0, Infinity, ...this.newLive.filter((row) => !which(row)))
    return taken
  }

  /** Takes of the state of a run what may change. */
  stateChanged(row: StateRow): void {
    const { run_id, entity_version, started, nodes, fans, next_ordinal, error, ending, open, waits, blocked, slot_waiting } = row
    this.states.push({ run_id, entity_version, started, nodes, fans, next_ordinal, error, ending, open, waits, blocked, slot_waiting })
  }

  stepChanged(run: StepOf, node: PlanNode, step: StepChange): void {
    const { to, attempt, item, skipped, error } = step
    const id = stepIdOf(run.runId, step.ordinal)
    const payload: EventPayload<'step.status_changed'> = {
      runId: run.runId,
      key: node.key,
      itemIndex: item,
      to,
      attempt,
      ...(skipped && { skipped }),
      ...(error && { error }),
    }
    this.say(
      'step.status_changed',
      {
        id,
        version: stepVersion(attempt, to === 'queued' || to === 'in_progress' ? to : 'ended'),
        projectId: run.projectId,
        lineageRef: run.runId,
      },
      payload,
    )
  }

  /** Says that a run is over, with what others want to know of it. */
  runEnded({ runId, projectId, state }: StepOf & { state: StateRow }, outcome: Outcome): void {
    state.entity_version += 1
    const { schedule_id, task_id } = state
    this.say(
      'execution.completed',
      { id: runId, version: state.entity_version, projectId, lineageRef: runId },
      {
        outcome,
        durationMs: Date.parse(this.now) - new Date(state.created_at).getTime(),
        scheduleId: schedule_id === null ? null : fromUuid('schedule', schedule_id),
        taskId: task_id === null ? null : fromUuid('task', task_id),
      },
    )
  }

  say<N extends EventName>(name: N, subject: Parameters<typeof toLoggedEvent<N>>[1], payload: EventPayload<N>): void {
    this.events.push(toLoggedEvent(name, subject, payload, this.now))
  }
}

type StepOf = { runId: Id<'run'>; projectId: Id<'project'> }
type StepChange = {
  ordinal: number
  item: number | null
  to: Status
  attempt: number
  skipped?: boolean
  error?: { code: string; message: string }
}

/** What happens in an attempt of a step, in the order in which it can. */
const moments = { in_progress: 0, logged: 0, requested: 1, decided: 2, queued: 3, ended: 4, dead_lettered: 5 }

/** Grows with each change of a step, attempt by attempt. */
export const stepVersion = (attempt: number, moment: keyof typeof moments): number => attempt * 6 + moments[moment]

export const projectIdOf = (uuid: string): Id<'project'> => fromUuid('project', uuid)
export { runIdOf }
