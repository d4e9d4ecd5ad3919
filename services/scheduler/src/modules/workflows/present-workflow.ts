import type { DefinitionSource, Workflow, WorkflowSummary } from '@orrery/shared-types'
import { readDefinition } from './definition.ts'

/** A workflow with a definition as it came and as it was read. */
export const withDefinition = (summary: WorkflowSummary, definition: DefinitionSource): Workflow => ({
  ...summary,
  definition,
  parsed: (readDefinition(definition).definition ?? {}) as Record<string, unknown>,
})
