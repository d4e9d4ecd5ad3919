import { AppError, fromUuid, invalid, requireRole, uuidOf } from '@orrery/core'
import type { CreateRun, Id, Run, RunTrigger, WorkflowSummary } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { auditBy, begin, keyTaken, type Letters, newRunUuid, type Progress } from '../engine/index.ts'
import { archived, checkInput, findWorkflow, findWorkflowBySlug, notPublished, type Plan } from '../workflows/index.ts'

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
  const named = { projectId: workflow.projectId, workflowId: workflow.id, workflowSlug: workflow.slug, workflowName: workflow.name }
  return submitRun(ctx, { ...named, workflowVersion: workflow.publishedVersion, scheduleId, input: given }, plan, trigger)
}

type Submitted = Pick<Run, 'projectId' | 'workflowId' | 'workflowSlug' | 'workflowName' | 'workflowVersion' | 'scheduleId' | 'input'>
type Origin = { run: string; progress?: Progress; kept: readonly number[]; letters: Letters }

/** Hands a run to the engine; its input fits the workflow already. */
export async function submitRun(ctx: SchedulerCtx, of: Submitted, plan: Plan, trigger: RunTrigger, origin?: Origin): Promise<Run> {
  const checked = checkInput(plan.inputs, of.input as Record<string, unknown>)
  if (checked.errors.length > 0)
    throw new AppError('invalid', 'input_invalid', 'The input does not fit the workflow', { errors: checked.errors })
  const id = newRunUuid()
  const { projectId, workflowId, workflowSlug, workflowName, workflowVersion, scheduleId } = of
  const answer: Run = {
    ...emptyRun,
    id: fromUuid('run', id),
    projectId,
    workflowId,
    workflowSlug,
    workflowName,
    workflowVersion,
    originRunId: origin ? fromUuid('run', origin.run) : null,
    trigger,
    scheduleId,
    input: checked.input,
    createdAt: new Date(ctx.engine.now()).toISOString(),
  }
  const run = {
    id,
    projectId: uuidOf('project', projectId),
    workflowId: uuidOf('workflow', workflowId),
    version: workflowVersion,
    plan,
    trigger,
    input: checked.input,
    scheduleId: scheduleId && uuidOf('schedule', scheduleId),
    taskId: null,
    parent: null,
    ...(origin && { origin: { ...origin, progress: origin.progress ?? begin(plan) } }),
    by: auditBy(ctx),
  }
  const admitted = await ctx.engine.create(run, ctx, answer)
  if (admitted === 'repeated') throw keyTaken()
  if (admitted === 'refused') throw lettersClosed()
  return answer
}

/** A dead letter is closed once, by whoever is first. */
export const lettersClosed = () => new AppError('conflict', 'dead_letter_closed', 'This step was redriven or dismissed already')

function named(ctx: SchedulerCtx, { workflowId, workflowSlug, projectId }: CreateRun): Promise<WorkflowSummary> {
  if (workflowId !== undefined) return findWorkflow(ctx, workflowId)
  if (workflowSlug !== undefined && projectId !== undefined) return findWorkflowBySlug(ctx, projectId, workflowSlug)
  throw invalid('/workflowId', 'Name the workflow by workflowId, or by workflowSlug and projectId')
}

const emptyRun = {
  taskId: null,
  scheduleId: null,
  parentRunId: null,
  originRunId: null,
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
