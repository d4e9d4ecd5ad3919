import type { IdempotencyKey, SqlClient } from '@orrery/core'
import type { Batch } from './batch.ts'
import type { Admission, CommandOf } from './commands.ts'
import { endings } from './cut-off.ts'
import * as repository from './engine.repository.ts'
import type { TimerRow } from './rows.ts'
import { cancelLater, insists } from './steps-due.ts'
import type { Turns } from './turns.ts'

const maxOrdinal = 0xfffff
type Group = { client: SqlClient; batch: Batch; turns: Turns; admit: (key: IdempotencyKey | null, possible: boolean) => Promise<Admission> }

/** Whether a timer ends its run. */
export const ends = ({ kind }: TimerRow): boolean => kind === 'cancel' || kind === 'run_timeout'

/** Ends runs from outside, last of all: what else came for them may have ended them, and whoever waits has to be waiting before. */
export async function endRuns(group: Group, due: TimerRow[], cancels: CommandOf<'cancel'>[], settle: (() => void)[]): Promise<void> {
  if (due.length === 0 && cancels.length === 0) return
  const { turns } = group
  await turns.advance()
  const isEnding = ({ run_id }: TimerRow) => turns.get(run_id)?.progress.ending !== null
  const canceled = due.filter((timer) => timer.kind === 'cancel')
  await stop(
    group,
    canceled.filter((timer) => !insists(timer) && !isEnding(timer)),
    'canceled',
  )
  await stop(group, canceled.filter(insists), 'canceled')
  await stop(
    group,
    due.filter((timer) => timer.kind === 'run_timeout' && turns.get(timer.run_id)?.isBounded),
    'timeout',
  )
  for (const each of cancels) await cancel(group, each, settle)
}

async function cancel(group: Group, { run, by, key, done }: CommandOf<'cancel'>, settle: (() => void)[]): Promise<void> {
  const turn = group.turns.get(run)
  const admitted = await group.admit(key, turn?.ended === false)
  settle.push(() => done(admitted !== 'refused'))
  if (!turn || admitted !== 'new') return
  // only somebody insists: a schedule that makes room lets what runs last end
  if (turn.progress.ending && by.actor_kind === 'system') return
  const target = { entity_type: 'run', entity_id: turn.runId, project_id: turn.projectId }
  group.batch.audits.push({ ...by, ...target, action: 'run.cancel', after: null })
  await stop(group, [{ run_id: run }], 'canceled')
}

async function stop({ client, batch, turns }: Group, which: Pick<TimerRow, 'run_id'>[], why: 'canceled' | 'timeout'): Promise<void> {
  const named = [...new Set(which.flatMap(({ run_id }) => turns.get(run_id) ?? []))]
  const stopped = named.filter((turn) => !turn.ended && !turn.endsAfterLast(endings[why]))
  const runs = stopped.map((turn) => turn.state.run_id)
  if (runs.length === 0) return
  const rows = await turns.takeAll(
    runs,
    runs.map(() => 1),
    runs.map(() => maxOrdinal),
  )
  // whoever cancels a second time means the children too; otherwise one that is ending already is let end
  const insisting = new Set(stopped.filter((turn) => turn.progress.ending).map((turn) => turn.state.run_id))
  for (const child of [...(await repository.findChildren(client, runs)), ...turns.newChildrenOf(runs)])
    cancelLater(batch, child.run_id, insisting.has(child.parent_run_id ?? ''))
  for (const turn of stopped)
    turn.stop(
      rows.filter((row) => row.run_id === turn.state.run_id),
      endings[why],
    )
}
