import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Nullable } from './base.ts'
import { IdOf } from './ids.ts'
import { Outcome, Status } from './status.ts'

const event = <M extends string, E extends string, P extends TSchema>(module: M, entity: E, payload: P) => ({ module, entity, payload })
const id = { project: IdOf('project'), run: IdOf('run'), workflow: IdOf('workflow'), schedule: IdOf('schedule'), webhook: IdOf('webhook') }
const Changed = Type.Object({ fields: Type.Array(Type.String()) })

/** Every event of the product: where it belongs, what it is about, what it carries. A name missing here can't be published. */
export const events = {
  'user.created': event('users', 'user', Type.Object({ username: Type.String() })),
  'user.updated': event('users', 'user', Changed),
  'session.created': event('users', 'session', Type.Object({ userId: IdOf('user') })),
  'session.revoked': event('users', 'session', Type.Object({ userId: IdOf('user'), reason: Type.String() })),
  'api_key.created': event('users', 'apiKey', Type.Object({ name: Type.String() })),
  'api_key.revoked': event('users', 'apiKey', Type.Object({})),
  'project.created': event('projects', 'project', Type.Object({ name: Type.String() })),
  'project.updated': event('projects', 'project', Changed),
  'project.deleted': event('projects', 'project', Type.Object({})),
  'member.added': event('projects', 'project', Type.Object({ userId: IdOf('user'), role: Type.String() })),
  'member.updated': event('projects', 'project', Type.Object({ userId: IdOf('user'), role: Type.String() })),
  'member.removed': event('projects', 'project', Type.Object({ userId: IdOf('user') })),
  'task.created': event('tasks', 'task', Type.Object({ title: Type.String(), status: Status })),
  'task.updated': event('tasks', 'task', Changed),
  'task.status_changed': event('tasks', 'task', Type.Object({ from: Status, to: Status })),
  'task.deleted': event('tasks', 'task', Type.Object({})),
  'agent.created': event('agents', 'agent', Type.Object({ name: Type.String() })),
  'agent.updated': event('agents', 'agent', Changed),
  'agent.deleted': event('agents', 'agent', Type.Object({})),
  'agent.status_changed': event('agents', 'agent', Type.Object({ from: Type.String(), to: Type.String() })),
  'agent.activity': event('agents', 'agent', Type.Object({ action: Type.String(), count: Type.Integer() })),
  'workflow.created': event('workflows', 'workflow', Type.Object({ slug: Type.String() })),
  'workflow.updated': event('workflows', 'workflow', Changed),
  'workflow.published': event('workflows', 'workflow', Type.Object({ publishedVersion: Type.Integer() })),
  'workflow.paused': event('workflows', 'workflow', Type.Object({ reason: Nullable(Type.String()) })),
  'workflow.resumed': event('workflows', 'workflow', Type.Object({})),
  'workflow.archived': event('workflows', 'workflow', Type.Object({})),
  'schedule.created': event('schedules', 'schedule', Type.Object({ workflowId: id.workflow })),
  'schedule.updated': event('schedules', 'schedule', Changed),
  'schedule.paused': event('schedules', 'schedule', Type.Object({ reason: Nullable(Type.String()) })),
  'schedule.resumed': event('schedules', 'schedule', Type.Object({})),
  'schedule.deleted': event('schedules', 'schedule', Type.Object({})),
  'schedule.fired': event('schedules', 'schedule', Type.Object({ fireAt: Type.String(), runId: id.run, lateMs: Type.Integer() })),
  'schedule.skipped': event('schedules', 'schedule', Type.Object({ fireAt: Type.String(), reason: Type.String() })),
  'schedule.missed': event('schedules', 'schedule', Type.Object({ fireAt: Type.String(), until: Type.String(), reason: Type.String() })),
  'schedule.backfilled': event('schedules', 'schedule', Type.Object({ from: Type.String(), to: Type.String(), count: Type.Integer() })),
  'schedule.backfill_stopped': event('schedules', 'schedule', Type.Object({ count: Type.Integer() })),
  'run.created': event('runs', 'run', Type.Object({ workflowId: id.workflow, scheduleId: Nullable(id.schedule), trigger: Type.String() })),
  'run.status_changed': event(
    'runs',
    'run',
    Type.Object({ from: Status, to: Status, outcome: Nullable(Outcome), blockedReason: Nullable(Type.String()) }),
  ),
  'step.status_changed': event(
    'runs',
    'step',
    Type.Object({
      runId: id.run,
      key: Type.String(),
      itemIndex: Nullable(Type.Integer()),
      to: Status,
      attempt: Type.Integer(),
      skipped: Type.Optional(Type.Boolean()),
      error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    }),
  ),
  'step.dead_lettered': event(
    'runs',
    'step',
    Type.Object({ runId: id.run, key: Type.String(), queue: Type.String(), code: Type.String() }),
  ),
  'step.logged': event('runs', 'step', Type.Object({ runId: id.run, key: Type.String(), lines: Type.Integer() })),
  'approval.requested': event(
    'runs',
    'step',
    Type.Object({ runId: id.run, key: Type.String(), title: Type.String(), role: Type.String(), expiresAt: Nullable(Type.String()) }),
  ),
  'approval.decided': event(
    'runs',
    'step',
    Type.Object({ runId: id.run, key: Type.String(), state: Type.String(), by: Nullable(Type.String()) }),
  ),
  'artifact.created': event(
    'runs',
    'artifact',
    Type.Object({ runId: id.run, stepId: IdOf('step'), name: Type.String(), contentType: Type.String(), sizeBytes: Type.Integer() }),
  ),
  'artifact.deleted': event('runs', 'artifact', Type.Object({ runId: id.run, stepId: IdOf('step'), reason: Type.String() })),
  'execution.completed': event(
    'runs',
    'run',
    Type.Object({ outcome: Outcome, durationMs: Type.Integer(), scheduleId: Nullable(id.schedule), taskId: Nullable(IdOf('task')) }),
  ),
  'queue.updated': event('queues', 'queue', Type.Object({ name: Type.String(), paused: Type.Boolean(), limit: Nullable(Type.Integer()) })),
  'webhook.created': event('webhooks', 'webhook', Type.Object({ name: Type.String() })),
  'webhook.updated': event('webhooks', 'webhook', Changed),
  'webhook.disabled': event('webhooks', 'webhook', Type.Object({ reason: Type.String() })),
  'webhook.deleted': event('webhooks', 'webhook', Type.Object({})),
  'webhook.delivery_failed': event(
    'webhooks',
    'delivery',
    Type.Object({ webhookId: id.webhook, attempts: Type.Integer(), error: Type.String() }),
  ),
  'hook.created': event('webhooks', 'hook', Type.Object({ name: Type.String(), workflowId: id.workflow })),
  'hook.updated': event('webhooks', 'hook', Changed),
  'hook.deleted': event('webhooks', 'hook', Type.Object({})),
  'memory.stored': event('memory', 'memory', Type.Object({ why: Type.String() })),
  'memory.deleted': event('memory', 'memory', Type.Object({})),
} as const

export type EventName = keyof typeof events
export type EventPayload<N extends EventName> = Static<(typeof events)[N]['payload']>
/** The kind of id that names the entity of an event. */
export type EventEntity<N extends EventName> = (typeof events)[N]['entity']
