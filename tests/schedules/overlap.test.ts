import { setTimeout as pause } from 'node:timers/promises'
import { fromUuid } from '@orrery/core'
import { eventually } from '@orrery/testing'
import { type Apart, startApart } from '../support/apart.ts'

const policies = ['allow', 'skip', 'queue', 'cancel_previous'] as const
const each = 8

type Seen = { overlap: string; schedule_id: string; id: string; made: number; ended: number; created_at: Date; ended_at: Date }

/**
 * How many runs began before the one before them had ended. The order is that of the event log, which is the order of
 * the transactions: what a transaction calls its time is when it began. Those that end one run and begin another share it.
 */
async function overlapsOf(s: Apart): Promise<Record<string, { runs: number; beside: number }>> {
  const { rows: runs } = await s.it.admin.query<Omit<Seen, 'made' | 'ended'>>(
    'select c.overlap, r.schedule_id, r.id, r.created_at, r.ended_at from scheduler.runs r join scheduler.schedules c on c.id = r.schedule_id',
  )
  const placesOf = (type: string) =>
    eventually(`${type} of every run`, async () => {
      const { rows } = await s.it.admin.query('select entity_id, seq::int from platform.domain_events where type = $1', [type])
      return rows.length === runs.length && new Map<string, number>(rows.map((row) => [row.entity_id, row.seq]))
    })
  const [made, ended] = [await placesOf('run.created'), await placesOf('execution.completed')]
  const seen = runs.map((run) => {
    const id = fromUuid('run', run.id)
    return { ...run, made: made.get(id) ?? 0, ended: ended.get(id) ?? 0 }
  })
  const found: Record<string, { runs: number; beside: number }> = {}
  for (const list of Map.groupBy(seen, (run) => run.schedule_id).values()) {
    list.sort((a, b) => a.made - b.made)
    for (const [i, run] of list.entries()) {
      const before = list[i - 1]
      const count = (found[run.overlap] ??= { runs: 0, beside: 0 })
      count.runs += 1
      if (before && before.ended > run.made && before.ended_at.getTime() !== run.created_at.getTime()) count.beside += 1
    }
  }
  return found
}

describe('three schedulers and runs that take longer than the pace of their schedules', () => {
  it('keep to the overlap policy of each, and tell every tick', async () => {
    await using s = await startApart(3)
    await s.worker()
    const url = `${s.witness.url}/slow?ms=1700`
    const workflowId = await s.api.publish(s.projectId, 'slow', { steps: { a: { uses: 'http', with: { url } } } })
    const ids = new Map<string, string>()
    for (const overlap of policies) {
      for (let i = 0; i < each; i++) {
        const made = (await s.api.send('POST', '/schedules', { projectId: s.projectId, workflowId, everyMs: 1000, overlap })) as {
          id: string
        }
        ids.set(made.id, overlap)
      }
    }
    await pause(8000)
    await s.schedulers[1]?.kill('SIGKILL')
    await pause(6000)
    for (const id of ids.keys()) await s.api.send('POST', `/schedules/${id}/pause`)
    await pause(3000)

    await eventually(
      'all runs to end',
      async () => (await s.it.admin.query('select 1 from scheduler.run_state limit 1')).rowCount === 0,
      20_000,
    )
    const overlaps = await overlapsOf(s)
    expect(overlaps).toMatchObject({ skip: { beside: 0 }, queue: { beside: 0 }, cancel_previous: { beside: 0 } })
    expect(overlaps['allow']?.beside).toBeGreaterThan(each * 5)

    const { rows: ledger } = await s.it.admin.query(
      `select c.overlap, f.outcome, coalesce(f.reason, '') as reason, count(*)::int as n from scheduler.fires f join scheduler.schedules c on c.id = f.schedule_id group by 1, 2, 3 order by 1, 2, 3`,
    )
    // a pause may come between a tick and its answer, and a machine under load may answer two ticks at once: both are on record
    const inPassing = ['skipped schedule_changed', 'skipped superseded']
    const said = (overlap: string) => saidAll(overlap).filter((each) => !inPassing.includes(each))
    const saidAll = (overlap: string) => ledger.filter((row) => row.overlap === overlap).map((row) => `${row.outcome} ${row.reason}`.trim())
    expect(said('allow')).toEqual(['fired'])
    expect(said('skip')).toEqual(['fired', 'skipped previous_running'])
    expect(said('queue')).toEqual(expect.arrayContaining(['fired', 'skipped queue_full']))
    expect(said('cancel_previous')).toEqual(['fired'])
    const { rows: gaps } = await s.it.admin.query(
      `select schedule_id from (select schedule_id, fire_at - lag(fire_at) over (partition by schedule_id order by fire_at) as step from scheduler.fires) g where step <> interval '1 s'`,
    )
    expect(gaps).toEqual([])
    const { rows: strays } = await s.it.admin.query(
      `select f.outcome from scheduler.fires f left join scheduler.runs r on r.id = f.run_id where (f.outcome = 'fired') <> (r.id is not null)`,
    )
    expect(strays).toEqual([])
    console.log(ledger.map((row) => `${row.overlap}: ${row.n} ${row.outcome} ${row.reason}`.trim()).join('; '))
    console.log(
      Object.entries(overlaps)
        .map(([overlap, { runs, beside }]) => `${overlap}: ${runs} runs, ${beside} beside an earlier one`)
        .join('; '),
    )
  }, 90_000)
})
