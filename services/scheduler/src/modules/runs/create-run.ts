import { AppError, fromUuid, invalid, requireRole, uuidOf } from '@orrery/core'
import type { CreateRun, Id, Run, RunTrigger, WorkflowSummary } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { auditBy, keyTaken, newRunUuid } from '../engine/index.ts'
import { archived, checkInput, findWorkflow, findWorkflowBySlug, notPublished } from '../workflows/index.ts'

/** Queues a run of the published version and answers once it is committed. */
export async function createRun(ctx: SchedulerCtx, input: CreateRun): Promise<Run> {
  const workflow = await named(ctx, input)
  await requireRole(ctx, workflow.projectId, 'operator', 'workflow')
  return startRun(ctx, workflow, input.input ?? {}, 'manual')
}

/** Starts the published version of a workflow that the caller may start. */
export async function startRun(
  ctx: SchedulerCtx,
  workflow: WorkflowSummary,
  given: Record<string, unknown>,
  trigger: RunTrigger,
  scheduleId: Id<'schedule'> | null = null,
): Promise<Run> {
  if (workflow.status === 'archived') throw archived()
  if (workflow.publishedVersion === null) throw notPublished()
  const workflowId = uuidOf('workflow', workflow.id)
  const plan = await ctx.plans.get(workflowId, workflow.publishedVersion)
  const { input, errors } = checkInput(plan.inputs, given)
  if (errors.length > 0) throw new AppError('invalid', 'input_invalid', 'The input does not fit the workflow', { errors })
  const id = newRunUuid()
  const version = workflow.publishedVersion
  const answer: Run = {
    ...emptyRun,
    id: fromUuid('run', id),
    projectId: workflow.projectId,
    workflowId: workflow.id,
    workflowSlug: workflow.slug,
    workflowName: workflow.name,
    workflowVersion: version,
    trigger,
    scheduleId,
    input,
    createdAt: new Date(ctx.engine.now()).toISOString(),
  }
  const projectId = uuidOf('project', workflow.projectId)
  const run = {
    id,
    projectId,
    workflowId,
    version,
    plan,
    trigger,
    input,
    scheduleId: scheduleId && uuidOf('schedule', scheduleId),
    taskId: null,
    parent: null,
    by: auditBy(ctx),
  }
  if (!(await ctx.engine.create(run, ctx, answer))) throw keyTaken()
  return answer
}

function named(ctx: SchedulerCtx, { workflowId, workflowSlug, projectId }: CreateRun): Promise<WorkflowSummary> {
  if (workflowId !== undefined) return findWorkflow(ctx, workflowId)
  if (workflowSlug !== undefined && projectId !== undefined) return findWorkflowBySlug(ctx, projectId, workflowSlug)
  throw invalid('/workflowId', 'Name the workflow by workflowId, or by workflowSlug and projectId')
}

const emptyRun = {
  taskId: null,
  scheduleId: null,
  parentRunId: null,
  status: 'queued',
  blockedReason: null,
  outcome: null,
  error: null,
  output: null,
  startedAt: null,
  endedAt: null,
  durationMs: null,
  costUsd: null,
  steps: [],
} as const satisfies Partial<Run>
