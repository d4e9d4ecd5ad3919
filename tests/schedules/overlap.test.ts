import { setTimeout as pause } from 'node:timers/promises'
import { startApart } from '../support/apart.ts'

const policies = ['allow', 'skip', 'queue', 'cancel_previous'] as const
const each = 8

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

    const { rows: overlaps } = await s.it.admin.query<{ overlap: string; pairs: number; runs: number }>(
      `select c.overlap, count(*)::int as runs, count(*) filter (where exists (
         select 1 from scheduler.runs b where b.schedule_id = a.schedule_id and b.id <> a.id and b.created_at >= a.created_at and b.created_at < a.ended_at and b.id > a.id))::int as pairs
       from scheduler.runs a join scheduler.schedules c on c.id = a.schedule_id group by 1 order by 1`,
    )
    const pairs = Object.fromEntries(overlaps.map((row) => [row.overlap, row.pairs]))
    expect(pairs).toMatchObject({ skip: 0, queue: 0, cancel_previous: 0 })
    expect(pairs['allow']).toBeGreaterThan(each * 5)

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
    console.log(overlaps.map((row) => `${row.overlap}: ${row.runs} runs, ${row.pairs} beside an earlier one`).join('; '))
  }, 90_000)
})
