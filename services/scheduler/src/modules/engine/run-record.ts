import type { ApprovalState, Id, Outcome, Status, StepError } from '@orrery/shared-types'
import type { Json, PlanNode } from '../workflows/index.ts'
import { type Batch, projectIdOf, runIdOf, stepVersion } from './batch.ts'
import { isApproval } from './blocked.ts'
import { live } from './engine.repository.ts'
import { queueOf } from './pool.ts'
import type { Asked } from './read-approval.ts'
import type { LiveRow, NewTimer, StateRow } from './rows.ts'
import type { RunEnding } from './run-end.ts'
import { stepIdOf } from './step-id.ts'
import { type StepPlace, stepRow } from './step-row.ts'

type Decided = { state: ApprovalState; by: string | null; comment: string | null }
type StepEnding = { status: 'done' | 'failed' | 'canceled'; skipped?: boolean; output?: Json; error?: StepError | null }

/** What happens to one run and its steps, as rows and events of the batch. */
export class RunRecord {
  readonly runId: Id<'run'>
  readonly projectId: Id<'project'>
  private readonly batch: Batch
  private readonly state: StateRow

  constructor(batch: Batch, state: StateRow) {
    this.batch = batch
    this.state = state
    this.runId = runIdOf(state.run_id)
    this.projectId = projectIdOf(state.project_id)
  }

  runChanged(from: Status, to: Status, outcome: Outcome | null, blockedReason: string | null = null): void {
    this.state.entity_version += 1
    const subject = { id: this.runId, version: this.state.entity_version, projectId: this.projectId, lineageRef: this.runId }
    this.batch.say('run.status_changed', subject, { from, to, outcome, blockedReason })
  }

  stepChanged(node: PlanNode, { ordinal, item = null, attempt = 0 }: StepPlace, to: Status, error?: StepError): void {
    this.batch.stepChanged(this, node, { ordinal, item, to, attempt, ...(error && { error }) })
  }

  stepEnded(node: PlanNode, place: StepPlace, { status, skipped = false, output = null, error = null }: StepEnding): void {
    this.batch.steps.push({ ...stepRow(this.state.run_id, place, this.batch.now), status, skipped, output, error })
    const { ordinal, item = null, attempt = 0 } = place
    this.batch.stepChanged(this, node, { ordinal, item, to: status, attempt, ...(skipped && { skipped }), ...(error && { error }) })
  }

  /** A step that will not begin, or not go on. */
  stepDropped(node: PlanNode, row: LiveRow): void {
    if (isApproval(node) && row.state === live.waiting) this.approvalDecided(node, row, { state: 'canceled', by: null, comment: null })
    this.stepEnded(node, row, { status: 'canceled' })
  }

  /** An attempt that is not the step's last. */
  attemptEnded({ run_id, ordinal, attempt, started_at }: LiveRow, error: StepError): void {
    this.batch.attempts.push({ run_id, ordinal, attempt, started_at, ended_at: this.batch.now, error })
  }

  /** Puts a step where people look after such as are not tried again. */
  deadLetter({ key }: PlanNode, { run_id, ordinal, item, attempt, pool }: LiveRow, error: StepError): void {
    const { project_id, workflow_id } = this.state
    const queue = queueOf(pool ?? '')
    this.batch.deadLetters.push({ run_id, ordinal, project_id, workflow_id, step_key: key, item, queue, ...error, attempt })
    this.batch.say('step.dead_lettered', this.aboutStep(ordinal, attempt, 'dead_lettered'), {
      runId: this.runId,
      key,
      queue,
      code: error.code,
    })
  }

  /** Puts a question where people look for what they are to decide. */
  approvalRequested({ key }: PlanNode, { run_id, ordinal, attempt, project_id, item }: LiveRow, asked: Asked): void {
    const { title, description, role, expiresMs, onExpire } = asked
    const expires_at = expiresMs === null ? null : new Date(Date.parse(this.batch.now) + expiresMs).toISOString()
    const place = { run_id, ordinal, project_id, item, workflow_id: this.state.workflow_id, step_key: key }
    this.batch.approvals.push({ ...place, title, description, role, on_expire: onExpire, requested_at: this.batch.now, expires_at })
    this.batch.say('approval.requested', this.aboutStep(ordinal, attempt, 'requested'), {
      runId: this.runId,
      key,
      title,
      role,
      expiresAt: expires_at,
    })
  }

  approvalDecided({ key }: PlanNode, { run_id, ordinal, attempt }: LiveRow, { state, by, comment }: Decided): void {
    this.batch.decidedApprovals.push({ run_id, ordinal, state, decided_at: this.batch.now, decided_by: by, comment })
    this.batch.say('approval.decided', this.aboutStep(ordinal, attempt, 'decided'), { runId: this.runId, key, state, by })
  }

  /** Tells the run that began this one how it ended, in a transaction of its own. */
  tellParent({ outcome, output, error }: Pick<RunEnding, 'outcome' | 'output' | 'error'>): void {
    const { parent_run_id: run_id, parent_ordinal: ordinal, parent_attempt: attempt } = this.state
    if (run_id === null) return
    const payload = { attempt, runId: this.runId, outcome, output, error }
    this.batch.timers.push({ delay_ms: 0, kind: 'child', run_id, ordinal, payload })
  }

  /** Lets the run decide further steps in a transaction of its own. */
  goOn(): void {
    this.batch.timers.push({ delay_ms: 0, kind: 'go_on', run_id: this.state.run_id, ordinal: null, payload: null })
  }

  private aboutStep(ordinal: number, attempt: number, moment: Parameters<typeof stepVersion>[1]) {
    return { id: stepIdOf(this.runId, ordinal), version: stepVersion(attempt, moment), projectId: this.projectId, lineageRef: this.runId }
  }

  /** Sets a timer for an attempt of a step. */
  setTimer(kind: NewTimer['kind'], { run_id, ordinal, attempt }: LiveRow, delay_ms: number): void {
    this.batch.timers.push({ delay_ms, kind, run_id, ordinal, payload: { attempt } })
  }
}
