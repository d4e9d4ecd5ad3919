import { fromUuid, type SqlPool } from '@orrery/core'
import type { Machinery } from '../../context.ts'
import { Backlog, Group, newRunUuid, projectIdOf, runIdOf } from '../engine/index.ts'
import { checkInput } from '../workflows/index.ts'
import { toWhen } from './schedule.policy.ts'
import { type DueRow, nextDueMs, takeDue } from './schedule.repository.ts'
import { nextTick, type When } from './when.policy.ts'

const atOnce = 200
const catchUpMs = 60_000

/** How many ticks were answered, and in how many ms the next one is due. */
export type Fired = { count: number; nextMs: number | null }

/**
 * Answers the ticks that are due: for each, the run, the fire and the next time in one transaction. What makes a tick
 * start one run is the key of the fire, whoever answers it.
 */
export async function fireSchedules(pool: SqlPool, { engine, plans }: Machinery): Promise<Fired> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    const group = new Group(client, plans, new Date(engine.now()).toISOString(), new Backlog())
    group.begin()
    const due = await takeDue(client, atOnce)
    for (const row of due) await fire(group, row, new Date(engine.now()), plans)
    await group.run([], [])
    if (due.length === 0) return { count: 0, nextMs: await nextDueMs(pool) }
    engine.poke()
    return { count: due.length, nextMs: 0 }
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

async function fire(group: Group, row: DueRow, now: Date, plans: Machinery['plans']): Promise<void> {
  const when = toWhen(
    {
      cron: row.cron,
      everyMs: row.every_ms === null ? null : Number(row.every_ms),
      at: row.at?.toISOString() ?? null,
      timezone: row.timezone,
    },
    row.created_at,
  )
  const id = fromUuid('schedule', row.id)
  const projectId = projectIdOf(row.project_id)
  const plan =
    row.published_version !== null && row.workflow_status === 'published'
      ? await plans.get(row.workflow_id, row.published_version)
      : undefined
  const checked = plan && checkInput(plan.inputs, row.input)
  const version = row.version + 1
  if (!plan || !checked || checked.errors.length > 0 || row.published_version === null) {
    group.batch.schedules.push({
      id: row.id,
      status: 'paused',
      next_fire_at: null,
      last_fire_at: null,
      last_run_id: null,
      last_late_ms: null,
      version,
    })
    group.batch.say('schedule.paused', { id, version, projectId }, {})
    const after = { reason: plan ? 'its input no longer fits the workflow' : 'its workflow is archived or not published' }
    group.batch.audits.push({ ...byClock, action: 'schedule.pause', entity_type: 'schedule', entity_id: id, project_id: projectId, after })
    return
  }
  const run = newRunUuid()
  const fireAt = row.next_fire_at
  const lateMs = Math.max(now.getTime() - fireAt.getTime(), 0)
  group.turns.addRun({
    id: run,
    projectId: row.project_id,
    workflowId: row.workflow_id,
    version: row.published_version,
    plan,
    trigger: 'schedule',
    input: checked.input,
    scheduleId: row.id,
    taskId: null,
    parent: null,
    by: byClock,
  })
  group.batch.fires.push({ schedule_id: row.id, fire_at: fireAt.toISOString(), fired_at: now.toISOString(), run_id: run })
  group.batch.schedules.push({
    id: row.id,
    ...following(when, fireAt, now),
    last_fire_at: fireAt.toISOString(),
    last_run_id: run,
    last_late_ms: lateMs,
    version,
  })
  group.batch.say('schedule.fired', { id, version, projectId }, { fireAt: fireAt.toISOString(), runId: runIdOf(run), lateMs })
}

/** The next time comes from the schedule, never from now. */
function following(when: When, fired: Date, now: Date): { status: string; next_fire_at: string | null } {
  const next = nextTick(when, fired, now, catchUpMs)
  return { status: next ? 'active' : 'ended', next_fire_at: next?.toISOString() ?? null }
}

const byClock = { actor_kind: 'system', actor_id: 'schedule', ip: null, request_id: 'schedule' }
