import type { Ctx } from '@orrery/core'
import type { DiffWorkflow, Id, WorkflowDiff } from '@orrery/shared-types'
import { readDefinition } from './definition.ts'
import { diffValues } from './diff-values.ts'
import { getVersion } from './get-workflow.ts'

/** Two versions of a workflow side by side, and what differs between them. */
export async function diffWorkflow(ctx: Ctx, id: Id<'workflow'>, query: DiffWorkflow): Promise<WorkflowDiff> {
  const from = await getVersion(ctx, id, query.from)
  const to = await getVersion(ctx, id, query.to)
  const parsed = [from, to].map(({ definition }) => readDefinition(definition).definition ?? {})
  return { from, to, changes: diffValues(parsed[0], parsed[1]) }
}
