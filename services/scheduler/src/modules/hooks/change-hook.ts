import { audit, inTx, publish, requireRole, requireVersion, type TxCtx } from '@orrery/core'
import type { CreatedHook, Hook, Id, RotateSecret, UpdateHook } from '@orrery/shared-types'
import type { HookCtx } from '../../context.ts'
import { newSecret, rotated } from '../webhooks/index.ts'
import { findWorkflow } from '../workflows/index.ts'
import { requireMappingFor } from './create-hook.ts'
import { getHook, hookNotFound } from './get-hook.ts'
import * as hooks from './hook.repository.ts'

async function lockMine(ctx: TxCtx, id: Id<'hook'>) {
  const row = await hooks.lock(ctx, id)
  if (!row) throw hookNotFound()
  await requireRole(ctx, row.projectId, 'manager', 'hook')
  return row
}

const shown = ({ name, mapping, enabled }: Pick<hooks.HookRow, 'name' | 'mapping' | 'enabled'>) => ({ name, mapping, enabled })

/** Changes what of a call becomes the run's input, or whether calls are taken. */
export function updateHook(ctx: HookCtx, id: Id<'hook'>, input: UpdateHook, ifVersion: number | undefined): Promise<Hook> {
  const { plans } = ctx
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    requireVersion(before, ifVersion)
    if (input.mapping) await requireMappingFor({ plans }, await findWorkflow(ctx, before.workflowId), input.mapping)
    const after = await hooks.update(ctx, id, input)
    const { projectId } = before
    await audit(ctx, { action: 'hook.update', entityType: 'hook', entityId: id, projectId, before: shown(before), after: shown(after) })
    await publish(ctx, 'hook.updated', { id, version: after.version, projectId }, { fields: Object.keys(input) })
    return getHook(ctx, id)
  })
}

/** Gives it a new secret. The old one is taken for a day more, unless it is to end now. */
export async function rotateHookSecret(ctx: HookCtx, id: Id<'hook'>, { revokeOld = false }: RotateSecret): Promise<CreatedHook> {
  const secret = newSecret()
  const sealed = await ctx.vault.seal(secret, id)
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    const after = await hooks.update(ctx, id, rotated(before.secret, sealed, { revokeOld }))
    const { projectId } = before
    await audit(ctx, { action: 'hook.rotate_secret', entityType: 'hook', entityId: id, projectId, after: { revokeOld } })
    await publish(ctx, 'hook.updated', { id, version: after.version, projectId }, { fields: ['secret'] })
    return { ...(await getHook(ctx, id)), secret }
  })
}

/** Takes no call any more. Runs that it started stay. */
export function deleteHook(ctx: HookCtx, id: Id<'hook'>): Promise<void> {
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    await hooks.remove(ctx, id)
    const { projectId } = before
    await audit(ctx, { action: 'hook.delete', entityType: 'hook', entityId: id, projectId, before: shown(before) })
    await publish(ctx, 'hook.deleted', { id, version: before.version + 1, projectId }, {})
  })
}
