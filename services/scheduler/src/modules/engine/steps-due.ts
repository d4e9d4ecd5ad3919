import type { SqlClient } from '@orrery/core'
import { expireApproval } from './approvals.ts'
import type { Batch } from './batch.ts'
import * as repository from './engine.repository.ts'
import type { ChildNews, LiveRow, TimerRow } from './rows.ts'
import type { StepEnd } from './turn.ts'
import type { Turns } from './turns.ts'

type Group = { client: SqlClient; batch: Batch; turns: Turns }

/** Moves the steps that wait in the engine and whose time has come: something ended for them, or they begin once more. */
export async function stepsDue(group: Group, due: TimerRow[]): Promise<void> {
  const timers = due.filter((timer) => timer.ordinal !== null).sort((a, b) => rank(a) - rank(b))
  if (timers.length === 0) return
  for (const row of await repository.takeWaiting(group.client, timers.map(toRef))) {
    const turn = group.turns.get(row.run_id)
    const timer = timers.find((each) => isAbout(each, row))
    if (!turn || !timer) continue
    if (timer.kind === 'retry') {
      const again = { ...row, delay_ms: 0 }
      group.batch.newLive.push(again)
      turn.callOwn(again, turn.node(row.node))
      continue
    }
    if (timer.kind === 'step_timeout') await cancelChildren(group, row)
    const end = timer.kind === 'approval_expiry' ? expireApproval(group, row) : endOf(timer, row)
    if (end) turn.result(row, end)
  }
}

// a child that ended as its time was up has ended
const rank = (timer: TimerRow) => (timer.kind === 'child' ? 0 : 1)

const toRef = ({ kind, run_id, ordinal, payload }: TimerRow): repository.WaitingRef => ({
  run: run_id,
  ordinal: ordinal ?? 0,
  attempt: payload?.attempt ?? null,
  begun: kind !== 'retry',
})

const isAbout = ({ kind, run_id, ordinal, payload }: TimerRow, row: LiveRow): boolean =>
  run_id === row.run_id &&
  ordinal === row.ordinal &&
  (payload?.attempt ?? row.attempt) === row.attempt &&
  (kind === 'retry') === (row.started_at === null)

/** Lets go of what a step waited for. */
async function cancelChildren({ client, batch }: Group, { run_id, ordinal }: LiveRow): Promise<void> {
  for (const child of await repository.findChildren(client, [run_id])) {
    if (child.parent_ordinal === ordinal) cancelLater(batch, child.run_id, false)
  }
}

/** Cancels a run in a transaction of its own. Whoever insists ends it at once, though it runs what follows a cancellation. */
export function cancelLater(batch: Batch, run_id: string, insist: boolean): void {
  batch.timers.push({ delay_ms: 0, kind: 'cancel', run_id, ordinal: null, payload: insist ? { attempt: null, insist: true } : null })
}
export const insists = ({ payload }: TimerRow): boolean => payload !== null && 'insist' in payload

/** How a waiting step ends by what came due for it. */
function endOf({ kind, payload }: TimerRow, row: LiveRow): (StepEnd & { retryable: boolean }) | undefined {
  if (kind === 'child') return payload && 'outcome' in payload ? childEnd(payload) : undefined
  if (kind === 'wait') return { output: null, retryable: false }
  if (kind === 'wait_timeout') return { error: { code: 'timeout', message: 'The signal did not come in time' }, retryable: false }
  if (kind !== 'step_timeout') return undefined
  const message = `The run of attempt ${row.attempt} did not end within ${row.timeout_ms} ms and was canceled`
  return { error: { code: 'timeout', message }, retryable: true }
}

function childEnd(news: ChildNews): StepEnd & { retryable: boolean } {
  if (news.outcome === 'success') return { output: news.output, retryable: false }
  const why = news.error ? `: ${news.error.message}` : ''
  return {
    error: { code: `child_${news.outcome}`, message: `The run ${news.runId} ended ${news.outcome}${why}` },
    retryable: news.outcome !== 'cancelled',
  }
}
