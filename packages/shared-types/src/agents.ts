import { type Static, Type } from '@sinclair/typebox'
import { Input, Name, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'

export const agentStatuses = ['active', 'idle', 'busy', 'offline', 'error'] as const
export const AgentStatus = OneOf(agentStatuses)
export type AgentStatus = Static<typeof AgentStatus>

const Capabilities = Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 50 })

/** Rates and times are null while nothing has been counted. */
export const AgentMetrics = Type.Object({
  executions: Type.Integer(),
  failed: Type.Integer(),
  successRate: Nullable(Type.Number()),
  avgDurationMs: Nullable(Type.Number()),
})

export const Agent = Type.Object({
  id: IdOf('agent'),
  name: Type.String(),
  type: Type.String(),
  capabilities: Type.Array(Type.String()),
  projectIds: Type.Array(IdOf('project')),
  ownerId: IdOf('user'),
  status: AgentStatus,
  lastSeenAt: Nullable(Timestamp),
  metrics: AgentMetrics,
  version: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Agent = Static<typeof Agent>
export const AgentPage = PageOf(Agent)

export const CreateAgent = Input({
  name: Name,
  type: Type.String({ minLength: 1, maxLength: 60 }),
  capabilities: Type.Optional(Capabilities),
  projectIds: Type.Optional(Type.Array(IdOf('project'), { maxItems: 100 })),
})
export type CreateAgent = Static<typeof CreateAgent>
export const UpdateAgent = Input({
  name: Type.Optional(Name),
  type: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  capabilities: Type.Optional(Capabilities),
  projectIds: Type.Optional(Type.Array(IdOf('project'), { maxItems: 100 })),
})
export type UpdateAgent = Static<typeof UpdateAgent>
export const SetAgentStatus = Input({ status: AgentStatus })
export const AgentQuery = Input({
  ...pageQuery,
  projectId: Type.Optional(IdOf('project')),
  status: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
})
export type AgentQuery = Static<typeof AgentQuery>

export const ActivityInput = Input({
  agentId: IdOf('agent'),
  action: Type.String({ minLength: 1, maxLength: 100 }),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  occurredAt: Type.Optional(Timestamp),
  runId: Type.Optional(IdOf('run')),
  taskId: Type.Optional(IdOf('task')),
})
export type ActivityInput = Static<typeof ActivityInput>
/** One, or many at once. */
export const RecordActivity = Type.Union([ActivityInput, Type.Array(ActivityInput, { minItems: 1, maxItems: 1000 })])
export const ActivityAccepted = Type.Object({ accepted: Type.Integer() })
export type ActivityAccepted = Static<typeof ActivityAccepted>
export const Activity = Type.Object({
  id: IdOf('activity'),
  agentId: IdOf('agent'),
  action: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
  occurredAt: Timestamp,
  runId: Nullable(IdOf('run')),
  taskId: Nullable(IdOf('task')),
})
export type Activity = Static<typeof Activity>
export const ActivityPage = PageOf(Activity)
