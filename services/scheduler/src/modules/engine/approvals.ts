import type { IdempotencyKey, SqlClient } from '@orrery/core'
import type { Batch } from './batch.ts'
import { isApproval } from './blocked.ts'
import type { Admission, CommandOf } from './commands.ts'
import * as repository from './engine.repository.ts'
import { readApproval } from './read-approval.ts'
import type { LiveRow } from './rows.ts'
import { stepIdOf } from './step-id.ts'
import type { OwnCall, StepEnd, Turn } from './turn.ts'

type Group = { client: SqlClient; batch: Batch; turns: { get: (run: string) => Turn | undefined } }
type Deciding = Group & { admit: (key: IdempotencyKey | null, possible: boolean) => Promise<Admission> }
type Decision = { approve: boolean; by: string | null; comment: string | null }

/** Asks people. Answers what is wrong with the question, or null: the step waits until somebody decides. */
export function requestApproval({ turn, row }: OwnCall): string | null {
  const asked = readApproval(row.input)
  if ('problem' in asked) return asked.problem
  turn.record.approvalRequested(turn.node(row.node), row, asked)
  if (asked.expiresMs !== null) turn.record.setTimer('approval_expiry', row, asked.expiresMs)
  return null
}

/** How an approval step ends by what was decided. */
export function endOfApproval({ approve, by, comment }: Decision): StepEnd & { retryable: false } {
  if (approve) return { output: { approved: true, by, comment }, retryable: false }
  const who = by === null ? 'Nobody approved it in time' : `Rejected by ${by}`
  const message = comment === null ? who : `${who}: ${comment}`
  return { error: { code: by === null ? 'expired' : 'rejected', message }, retryable: false }
}

/** Nobody decided in time. */
export function expireApproval({ turns }: Group, row: LiveRow): StepEnd & { retryable: false } {
  const asked = readApproval(row.input)
  const approve = !('problem' in asked) && asked.onExpire === 'approve'
  const turn = turns.get(row.run_id)
  turn?.record.approvalDecided(turn.node(row.node), row, { state: 'expired', by: null, comment: null })
  return endOfApproval({ approve, by: null, comment: null })
}

/** Hands people's decisions to the steps that wait for them. What was decided already, or has ended, is left as it is. */
export async function decideApprovals(group: Deciding, commands: CommandOf<'decide'>[], settle: (() => void)[]): Promise<void> {
  const { client, batch, turns } = group
  for (const { ref, approve, comment, by, key, done } of commands) {
    const turn = turns.get(ref.run)
    const waiting = turn?.ended === false ? await repository.findWaiting(client, ref.run) : []
    const asked = waiting.find((row) => row.ordinal === ref.ordinal && turn !== undefined && isApproval(turn.node(row.node)))
    const admitted = await group.admit(key, asked !== undefined)
    const [row] = asked && admitted === 'new' ? await repository.takeWaiting(client, [{ ...ref, attempt: asked.attempt, begun: true }]) : []
    settle.push(() => done(admitted === 'repeated' || row !== undefined))
    if (!row || !turn) continue
    const state = approve ? 'approved' : 'rejected'
    const target = { entity_type: 'approval', entity_id: stepIdOf(turn.runId, ref.ordinal), project_id: turn.projectId }
    batch.audits.push({ ...by, ...target, action: approve ? 'approval.approve' : 'approval.reject', after: { comment } })
    turn.record.approvalDecided(turn.node(row.node), row, { state, by: by.actor_id, comment })
    turn.result(row, endOfApproval({ approve, by: by.actor_id, comment }))
  }
}
