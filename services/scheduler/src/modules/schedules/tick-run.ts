import { AppError, fromUuid, uuidOf } from '@orrery/core'
import type { FireReason, WorkflowSummary } from '@orrery/shared-types'
import type { Machinery } from '../../context.ts'
import { type Group, type NewRun, projectIdOf, runIdOf } from '../engine/index.ts'
import { archived, checkInput, type Json, notPublished, type Plan } from '../workflows/index.ts'
import type { NewFire, ScheduleRow } from './fire.repository.ts'
import { toWhen } from './schedule.policy.ts'
import type { When } from './when.policy.ts'

export const byClock: NewRun['by'] = { actor_kind: 'system', actor_id: 'schedule', ip: null, request_id: 'schedule' }

export const whenOf = (row: ScheduleRow): When =>
  toWhen({
    id: row.id,
    cron: row.cron,
    everyMs: row.every_ms === null ? null : Number(row.every_ms),
    at: row.at?.toISOString() ?? null,
    timezone: row.timezone,
    startAt: row.start_at?.toISOString() ?? null,
    endAt: row.end_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  })

/** What a tick of a schedule starts, or why it can't. */
export type Ready =
  | { problem: { reason: FireReason; text: string } }
  | { problem?: never; plan: Plan; version: number; paused: boolean; inputAt: (fireAt: string) => { [key: string]: Json } }

/** Finds the published workflow of a schedule and checks that its input still fits. */
export async function prepare({ plans }: Machinery, row: ScheduleRow): Promise<Ready> {
  const version = row.published_version
  if (version === null || row.workflow_status !== 'published')
    return { problem: { reason: 'workflow_unavailable', text: 'its workflow is archived or not published' } }
  const plan = await plans.get(row.workflow_id, version).catch((error: unknown) => {
    if (error instanceof AppError) return error
    throw error
  })
  if (plan instanceof AppError) return { problem: { reason: 'workflow_unavailable', text: plan.message } }
  const inputAt = (fireAt: string) => checkInput(plan.inputs, withFireAt(plan, row.input, fireAt))
  if (inputAt(row.created_at.toISOString()).errors.length > 0)
    return { problem: { reason: 'input_invalid', text: 'its input no longer fits the workflow' } }
  return { plan, version, paused: row.workflow_paused, inputAt: (fireAt) => inputAt(fireAt).input }
}

/** A workflow that declares the input `fireAt` gets the time of the tick there, so that a late or repeated run knows what it is for. */
export const withFireAt = (plan: Pick<Plan, 'inputs'>, input: Record<string, unknown>, fireAt: string): Record<string, unknown> =>
  Object.hasOwn(plan.inputs, 'fireAt') && !Object.hasOwn(input, 'fireAt') ? { ...input, fireAt } : input

/** Refuses an input that the published workflow would not take at a tick. */
export async function requireFit(
  { plans, now }: { plans: Machinery['plans']; now: number },
  workflow: WorkflowSummary,
  input: Record<string, unknown>,
): Promise<void> {
  if (workflow.status === 'archived') throw archived()
  if (workflow.publishedVersion === null) throw notPublished()
  const plan = await plans.get(uuidOf('workflow', workflow.id), workflow.publishedVersion)
  const { errors } = checkInput(plan.inputs, withFireAt(plan, input, new Date(now).toISOString()))
  if (errors.length > 0) throw new AppError('invalid', 'input_invalid', 'The input does not fit the workflow', { errors })
}

/** Starts runs of one schedule and says what became of its ticks, each with the next version of the schedule. */
export class Teller {
  version: number
  private readonly group: Group
  private readonly row: ScheduleRow

  constructor(group: Group, row: ScheduleRow) {
    this.group = group
    this.row = row
    this.version = row.version
  }

  /** What each tick says by itself; missed ones are told together. */
  tell(fire: Omit<NewFire, 'until'>, ready: Ready): void {
    if (fire.run_id !== null && !ready.problem) {
      this.start(fire.run_id, fire.fire_at, ready)
      const lateMs = fire.late_ms
      this.group.batch.say('schedule.fired', this.subject(), { fireAt: fire.fire_at, runId: runIdOf(fire.run_id), lateMs })
    }
    if (fire.outcome === 'skipped')
      this.group.batch.say('schedule.skipped', this.subject(), { fireAt: fire.fire_at, reason: fire.reason ?? '' })
  }

  missed(list: Pick<NewFire, 'fire_at' | 'until' | 'reason'>[]): void {
    const [first] = list
    const last = list.at(-1)
    if (!first || !last) return
    const until = last.until ?? last.fire_at
    this.group.batch.say('schedule.missed', this.subject(), { fireAt: first.fire_at, until, reason: first.reason ?? '' })
  }

  pause(reason: string): void {
    const { id, projectId } = this.subject()
    this.group.batch.say('schedule.paused', { id, version: this.version, projectId }, { reason })
    const entry = { action: 'schedule.pause', entity_type: 'schedule', entity_id: id, project_id: projectId, after: { reason } }
    this.group.batch.audits.push({ ...byClock, ...entry })
  }

  private subject() {
    this.version += 1
    return { id: fromUuid('schedule', this.row.id), version: this.version, projectId: projectIdOf(this.row.project_id) }
  }

  private start(id: string, fireAt: string, { plan, version, inputAt }: Extract<Ready, { plan: Plan }>): void {
    this.group.turns.addRun({
      id,
      projectId: this.row.project_id,
      workflowId: this.row.workflow_id,
      version,
      plan,
      trigger: 'schedule',
      input: inputAt(fireAt),
      scheduleId: this.row.id,
      taskId: null,
      parent: null,
      by: byClock,
    })
  }
}
