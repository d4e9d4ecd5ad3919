import { type Static, Type } from '@sinclair/typebox'
import { Input, Name, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'

export const WorkflowStatus = OneOf(['draft', 'published', 'archived'])
/** Where a workflow is in its life: its status, or that it is paused. */
export const WorkflowPhase = OneOf(['draft', 'published', 'paused', 'archived'])
export type WorkflowPhase = Static<typeof WorkflowPhase>

/** YAML or JSON text, or the object itself. Given back as it came. */
export const DefinitionSource = Type.Union([Type.String({ maxLength: 500_000 }), Type.Record(Type.String(), Type.Unknown())])
export type DefinitionSource = Static<typeof DefinitionSource>

export const Workflow = Type.Object({
  id: IdOf('workflow'),
  projectId: IdOf('project'),
  slug: Type.String(),
  name: Type.String(),
  status: WorkflowStatus,
  publishedVersion: Nullable(Type.Integer()),
  latestVersion: Type.Integer(),
  pausedAt: Nullable({ ...Timestamp, description: 'While it is set, new runs wait and schedules skip their ticks' }),
  definition: DefinitionSource,
  parsed: Type.Record(Type.String(), Type.Unknown(), { description: 'The definition, parsed, with nothing filled in' }),
  version: Type.Integer({ description: 'Counts changes of this resource, for If-Match' }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Workflow = Static<typeof Workflow>
export const WorkflowSummary = Type.Omit(Workflow, ['definition', 'parsed'])
export type WorkflowSummary = Static<typeof WorkflowSummary>
export const WorkflowPage = PageOf(WorkflowSummary)

export const Slug = Type.String({ minLength: 1, maxLength: 80, pattern: '^[a-z0-9][a-z0-9-]*$' })
export const CreateWorkflow = Input({ projectId: IdOf('project'), slug: Slug, name: Name, definition: DefinitionSource })
export type CreateWorkflow = Static<typeof CreateWorkflow>
export const UpdateWorkflow = Input({ name: Type.Optional(Name), definition: Type.Optional(DefinitionSource) })
export type UpdateWorkflow = Static<typeof UpdateWorkflow>
export const PublishWorkflow = Input({
  version: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'Default: the latest' })),
})
export type PublishWorkflow = Static<typeof PublishWorkflow>
export const WorkflowQuery = Input({ ...pageQuery, projectId: Type.Optional(IdOf('project')), status: Type.Optional(Type.String()) })
export type WorkflowQuery = Static<typeof WorkflowQuery>

export const WorkflowVersion = Type.Object({
  workflowId: IdOf('workflow'),
  version: Type.Integer(),
  definition: DefinitionSource,
  publishedAt: Nullable(Timestamp),
  createdAt: Timestamp,
  createdBy: Type.String(),
})
export type WorkflowVersion = Static<typeof WorkflowVersion>
export const WorkflowVersionPage = PageOf(WorkflowVersion)

export const PauseWorkflow = Input({ reason: Type.Optional(Type.String({ maxLength: 500 })) })
export type PauseWorkflow = Static<typeof PauseWorkflow>

export const WorkflowTransition = Type.Object({
  fromStatus: Nullable(WorkflowPhase),
  toStatus: WorkflowPhase,
  publishedVersion: Nullable(Type.Integer()),
  reason: Nullable(Type.String()),
  actor: Type.Object({ kind: Type.String(), id: Type.String() }),
  occurredAt: Timestamp,
})
export type WorkflowTransition = Static<typeof WorkflowTransition>
export const WorkflowTransitionPage = PageOf(WorkflowTransition)
export const TransitionQuery = Input({ limit: pageQuery.limit, cursor: pageQuery.cursor })
export type TransitionQuery = Static<typeof TransitionQuery>

const versionNumber = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
export const DiffWorkflow = Input({ from: versionNumber, to: versionNumber })
export type DiffWorkflow = Static<typeof DiffWorkflow>
/** One difference between two definitions: what stands at a path in the one and in the other. */
export const DefinitionChange = Type.Object({
  path: Type.String({ description: 'JSON pointer into the definition' }),
  kind: OneOf(['added', 'removed', 'changed']),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
})
export type DefinitionChange = Static<typeof DefinitionChange>
export const WorkflowDiff = Type.Object({ from: WorkflowVersion, to: WorkflowVersion, changes: Type.Array(DefinitionChange) })
export type WorkflowDiff = Static<typeof WorkflowDiff>

export const ValidateWorkflow = Input({ definition: DefinitionSource })
/** Where a definition is wrong. `line` and `column` count from 1 and are there for text. */
export const DefinitionError = Type.Object({
  path: Type.String({ description: 'JSON pointer into the definition' }),
  message: Type.String(),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  endLine: Type.Optional(Type.Integer()),
  endColumn: Type.Optional(Type.Integer()),
})
export type DefinitionError = Static<typeof DefinitionError>
/** What a drawing of the workflow needs. */
export const WorkflowGraph = Type.Object({
  nodes: Type.Array(Type.Object({ key: Type.String(), uses: Type.String(), foreach: Type.Boolean(), line: Type.Optional(Type.Integer()) })),
  edges: Type.Array(Type.Object({ from: Type.String(), to: Type.String() })),
})
export type WorkflowGraph = Static<typeof WorkflowGraph>
export const WorkflowVerdict = Type.Object({
  valid: Type.Boolean(),
  errors: Type.Array(DefinitionError),
  graph: Nullable(WorkflowGraph),
  inputs: Type.Record(Type.String(), Type.Unknown()),
})
export type WorkflowVerdict = Static<typeof WorkflowVerdict>
