import { audit, inTx, invalid, newId, publish, requireRole, uuidOf } from '@orrery/core'
import type { CreatedHook, CreateHook, WorkflowSummary } from '@orrery/shared-types'
import type { HookCtx, Machinery } from '../../context.ts'
import { newSecret } from '../webhooks/index.ts'
import { archived, findWorkflow, notPublished } from '../workflows/index.ts'
import { getHook } from './get-hook.ts'
import * as hooks from './hook.repository.ts'
import { type Mapping, requireMapping } from './mapping.ts'

/** Lets calls from outside start runs of a published workflow. Only its answer shows the secret. */
export async function createHook(ctx: HookCtx, input: CreateHook): Promise<CreatedHook> {
  const { plans, vault } = ctx
  const id = newId('hook')
  const secret = newSecret()
  const sealed = await vault.seal(secret, id)
  return inTx(ctx, async (ctx) => {
    await requireRole(ctx, input.projectId, 'manager')
    const workflow = await findWorkflow(ctx, input.workflowId)
    if (workflow.projectId !== input.projectId) throw invalid('/workflowId', 'This workflow belongs to another project')
    const { projectId, workflowId, name, scheme = 'standard', mapping = {}, enabled = true } = input
    await requireMappingFor({ plans }, workflow, mapping)
    const row = await hooks.insert(ctx, { id, projectId, workflowId, name, scheme, mapping, enabled, secret: sealed })
    const after = { name, workflowId, scheme, mapping, enabled }
    await audit(ctx, { action: 'hook.create', entityType: 'hook', entityId: id, projectId, after })
    await publish(ctx, 'hook.created', { id, version: row.version, projectId }, { name, workflowId })
    return { ...(await getHook(ctx, id)), secret }
  })
}

/** Refuses a mapping that the published workflow could not begin with. */
export async function requireMappingFor({ plans }: Pick<Machinery, 'plans'>, workflow: WorkflowSummary, mapping: Mapping): Promise<void> {
  if (workflow.status === 'archived') throw archived()
  if (workflow.publishedVersion === null) throw notPublished()
  requireMapping(mapping, await plans.get(uuidOf('workflow', workflow.id), workflow.publishedVersion))
}
