import { type Static, Type } from '@sinclair/typebox'
import { Input, Name, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'

export const WorkflowStatus = OneOf(['draft', 'published', 'archived'])

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
export const PublishWorkflow = Input({ version: Type.Optional(Type.Integer({ minimum: 1, description: 'Default: the latest' })) })
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
