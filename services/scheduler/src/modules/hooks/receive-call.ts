import { AppError, type Ctx, findMisfit, inTx, newId, uuidOf } from '@orrery/core'
import type { FieldError, HookScheme, Id } from '@orrery/shared-types'
import type { HookCtx } from '../../context.ts'
import { auditBy, inGroup, newRunUuid, runIdOf } from '../engine/index.ts'
import { checkInput, findWorkflow, type Json, type Plan } from '../workflows/index.ts'
import { type Headers, readBody, tellHeaders } from './call.policy.ts'
import { hookNotFound } from './get-hook.ts'
import { Refusal } from './hook.errors.ts'
import * as hooks from './hook.repository.ts'
import * as calls from './hook-call.repository.ts'
import { applyMapping } from './mapping.ts'
import { decode, hashOf, verifyCall } from './verify-call.ts'

/** A call as it came: the bytes that were signed, headers with names in lower case. */
export type Call = { raw: Buffer; headers: Headers; query: Record<string, Json> }

/** Takes a call from outside: who can sign it may start a run. Each call is put down, with its run or why there is none. */
export async function receiveCall(ctx: HookCtx, id: Id<'hook'>, call: Call): Promise<Id<'run'>> {
  const hook = await hooks.findRow(ctx, id)
  if (!hook) throw hookNotFound()
  let messageId: string | null = null
  try {
    messageId = await verify(ctx, hook, call)
    if (!hook.enabled) throw new Refusal('hook_disabled', 'This hook is switched off')
    const { plan, version } = await readPlan(ctx, hook)
    const message = { messageId, bodyHash: hashOf(call.raw) }
    const runId = await start(ctx, hook, { plan, version, message, input: readInput(hook, plan, call) })
    return runIdOf(runId)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const runId = messageId === null ? null : await repeat(ctx, id, messageId, call)
    if (runId !== null)
      throw new Refusal('message_seen', `The message ${messageId} came before and started ${runId}; nothing is to be done`)
    await putDown(ctx, id, messageId, error)
    throw error
  }
}

/** A sender whose answer was lost sends the same again: it is told the run of the first time, whatever has changed since. */
async function repeat(ctx: Ctx, hookId: Id<'hook'>, messageId: string, { raw }: Call): Promise<Id<'run'> | null> {
  const first = await calls.findAccepted(ctx, hookId, messageId)
  if (!first?.runId || (first.bodyHash !== null && first.bodyHash !== hashOf(raw))) return null
  await calls.insert(ctx, { id: newId('hookCall'), hookId, outcome: 'repeated', messageId, runId: first.runId })
  return first.runId
}

const secretUnreadable = (cause: unknown): never => {
  throw new AppError(
    'unavailable',
    'secret_unreadable',
    'The secret of this hook can not be opened with this ORRERY_SECRET_KEY; rotate it',
    { cause },
  )
}

async function verify({ vault }: HookCtx, hook: hooks.HookRow, { raw, headers }: Call): Promise<string | null> {
  const { previousSecret: old, previousUntil } = hook
  const sealed = old !== null && previousUntil !== null && new Date(previousUntil) > new Date() ? [hook.secret, old] : [hook.secret]
  const secrets = await Promise.all(sealed.map((each) => vault.unseal(each, hook.id))).catch(secretUnreadable)
  const found = verifyCall(hook.scheme as HookScheme, secrets, raw, headers)
  if (found.refusal) throw new Refusal(found.refusal.reason, found.refusal.detail)
  return found.messageId
}

async function readPlan(ctx: HookCtx, hook: hooks.HookRow): Promise<{ plan: Plan; version: number }> {
  const { status, publishedVersion } = await findWorkflow(ctx, hook.workflowId)
  if (status === 'archived' || publishedVersion === null)
    throw new Refusal('workflow_unavailable', 'The workflow of this hook is archived or not published')
  return { plan: await ctx.plans.get(uuidOf('workflow', hook.workflowId), publishedVersion), version: publishedVersion }
}

function readInput(hook: hooks.HookRow, plan: Plan, { raw, headers, query }: Call): { [key: string]: Json } {
  const text = decode(raw)
  const body = text === undefined ? undefined : readBody(text, headers['content-type'] ?? '', hook.scheme as HookScheme)
  if (body === undefined) throw new Refusal('body_invalid', 'The body is not the JSON or the UTF-8 text that it says it is')
  const misfit = findMisfit(body, { anyText: true })
  if (misfit) throw new Refusal('body_invalid', `The body ${misfit.message}`)
  const mapped = applyMapping(hook.mapping, { body: body as Json, headers: tellHeaders(headers), query })
  if (mapped.errors.length > 0)
    throw new Refusal('mapping_failed', sentence('The mapping does not fit this call', mapped.errors), mapped.errors)
  const checked = checkInput(plan.inputs, mapped.input)
  if (checked.errors.length > 0)
    throw new Refusal('input_invalid', sentence('The mapped input does not fit the workflow', checked.errors), checked.errors)
  return checked.input
}

const sentence = (what: string, errors: FieldError[]) => `${what}: ${errors.map(({ path, message }) => `${path} ${message}`).join('; ')}`

type Start = { plan: Plan; version: number; message: { messageId: string | null; bodyHash: string }; input: { [key: string]: Json } }

/** The row of the call and the run are one transaction, so that a message starts one run, however often it comes. */
async function start(ctx: HookCtx, hook: hooks.HookRow, { plan, version, message, input }: Start): Promise<string> {
  const runId = newRunUuid()
  const callId = uuidOf('hookCall', newId('hookCall'))
  await inGroup(ctx.pipelined, ctx, async ({ client, group }) => {
    if (!(await calls.claim(client, { id: callId, hookId: uuidOf('hook', hook.id), ...message, runId })))
      throw new Refusal('message_seen', `The message ${message.messageId} came before with another body, and started its run then`)
    const run = {
      id: runId,
      projectId: uuidOf('project', hook.projectId),
      workflowId: uuidOf('workflow', hook.workflowId),
      version,
      plan,
      trigger: 'webhook' as const,
      input,
      scheduleId: null,
      taskId: null,
      parent: null,
      by: { ...auditBy(ctx), actor_id: hook.id },
    }
    await group.run([{ kind: 'create', run, key: null, answer: null, done: () => undefined, fail: () => undefined }], [])
  })
  ctx.engine.poke()
  ctx.ring()
  return runId
}

const longestDetail = 1000

async function putDown(ctx: Ctx, hookId: Id<'hook'>, messageId: string | null, { code, message }: Refusal): Promise<void> {
  const detail = message.slice(0, longestDetail)
  await calls.insert(ctx, { id: newId('hookCall'), hookId, outcome: 'rejected', reason: code, detail, messageId })
}

const keep = { acceptedDays: 90, otherDays: 7, othersOfEach: 1000 }
const forgetAtOnce = 5000

/** Forgets calls of more than 90 days ago, and others after a week or beyond the latest thousand of a hook. */
export async function forgetCalls(ctx: Ctx): Promise<void> {
  while ((await inTx(ctx, (ctx) => calls.forget(ctx, keep, forgetAtOnce))) === forgetAtOnce);
}
