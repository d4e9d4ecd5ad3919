import type { Ctx } from '@orrery/core'
import type { Id, Page, TransitionQuery, Workflow, WorkflowSummary, WorkflowTransition, WorkflowVersion } from '@orrery/shared-types'
import { withDefinition } from './present-workflow.ts'
import * as transitions from './transition.repository.ts'
import { versionNotFound, workflowNotFound } from './workflow.errors.ts'
import * as workflows from './workflow.repository.ts'

/** The workflow with its latest definition, draft or not. */
export async function getWorkflow(ctx: Ctx, id: Id<'workflow'>): Promise<Workflow> {
  const workflow = await findWorkflow(ctx, id)
  const latest = await workflows.findVersion(ctx, id, workflow.latestVersion)
  return withDefinition(workflow, latest?.definition ?? '')
}

export async function findWorkflow(ctx: Ctx, id: Id<'workflow'>): Promise<WorkflowSummary> {
  const workflow = await workflows.find(ctx, id)
  if (!workflow) throw workflowNotFound()
  return workflow
}

export async function findWorkflowBySlug(ctx: Ctx, projectId: Id<'project'>, slug: string): Promise<WorkflowSummary> {
  const workflow = await workflows.findBySlug(ctx, projectId, slug)
  if (!workflow) throw workflowNotFound()
  return workflow
}

/** One version as it was written. */
export async function getVersion(ctx: Ctx, id: Id<'workflow'>, version: number): Promise<WorkflowVersion> {
  await findWorkflow(ctx, id)
  const found = await workflows.findVersion(ctx, id, version)
  if (!found) throw versionNotFound()
  return found
}

/** What became of it, newest first. */
export async function listTransitions(ctx: Ctx, id: Id<'workflow'>, query: TransitionQuery): Promise<Page<WorkflowTransition>> {
  await findWorkflow(ctx, id)
  return transitions.list(ctx, id, query)
}

export async function listVersions(ctx: Ctx, id: Id<'workflow'>): Promise<WorkflowVersion[]> {
  await findWorkflow(ctx, id)
  return workflows.listVersions(ctx, id)
}
