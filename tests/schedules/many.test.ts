import { setTimeout as pause } from 'node:timers/promises'
import { newUuid, uuidOf } from '@orrery/core'
import { eventually, type Installation } from '@orrery/testing'
import { startApart } from '../support/apart.ts'

const count = Number(process.env['ORRERY_SCHEDULES'] ?? 10_000)
// schedulers that have fired before, as those of an installation have: their code is compiled
const before = Number(process.env['ORRERY_SCHEDULES_BEFORE'] ?? 3000)
// noon somewhere is another hour elsewhere: each zone has a pattern of its own for the same moment
const zones = [
  ...['UTC', 'Europe/Berlin', 'Europe/London', 'Europe/Moscow', 'Africa/Cairo', 'Africa/Lagos', 'Asia/Tokyo', 'Asia/Kolkata'],
  ...['Asia/Kathmandu', 'Asia/Dubai', 'Asia/Shanghai', 'Australia/Sydney', 'Australia/Lord_Howe', 'Pacific/Auckland', 'Pacific/Chatham'],
  ...['America/New_York', 'America/Los_Angeles', 'America/Sao_Paulo', 'America/Santiago', 'America/St_Johns'],
]

/** The pattern that fires at this very minute, as the clock of a zone shows it. */
function patternFor(at: Date, timezone: string): string {
  const shown = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
  const [hours, minutes] = shown.split(':').map(Number)
  return `${minutes} ${hours} * * *`
}

type Crowd = { projectId: string; workflowId: string; count: number; at: Date }

/** Writes schedules as the API would, but all at once. */
async function plant(it: Installation, { projectId, workflowId, count, at }: Crowd): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => {
    const timezone = zones[i % zones.length] ?? 'UTC'
    return { id: newUuid(), cron: patternFor(at, timezone), timezone }
  })
  await it.admin.query(
    `insert into scheduler.schedules (id, project_id, workflow_id, cron, timezone, input, next_fire_at, due_at)
     select r.id, $2, $3, r.cron, r.timezone, '{}', $4, $4 from json_to_recordset($1::json) as r(id uuid, cron text, timezone text)`,
    [JSON.stringify(rows), uuidOf('project', projectId), uuidOf('workflow', workflowId), at],
  )
  await it.admin.query('analyze scheduler.schedules')
}

const fires = 'select count(*)::int as n from scheduler.fires'

/** A full second by the database's clock, some seconds from now. */
async function soon({ admin }: Installation): Promise<Date> {
  const { rows } = await admin.query<{ at: Date }>(`select date_trunc('second', now() + interval '8 s') as at`)
  return rows[0]?.at ?? new Date()
}

describe(`${count} schedules on the same minute in ${zones.length} zones, three schedulers`, () => {
  it('fire once each, though one scheduler is killed in the middle', async () => {
    await using s = await startApart(3, 'in a gateway')
    const workflowId = await s.api.publish(s.projectId, 'tick', { steps: { a: { uses: 'noop' } } })
    const warmUp = await s.api.publish(s.projectId, 'warm-up', { steps: { a: { uses: 'noop' } } })
    const answered = async () => (await s.it.admin.query(fires)).rows[0].n as number
    if (before > 0) {
      await plant(s.it, { projectId: s.projectId, workflowId: warmUp, count: before, at: await soon(s.it) })
      await eventually('the schedulers to have fired before', async () => (await answered()) === before, 60_000)
    }
    const at = await soon(s.it)
    await plant(s.it, { projectId: s.projectId, workflowId, count, at })
    const killed = eventually('the first fires', async () => (await answered()) > before, 30_000).then(() =>
      s.schedulers[2]?.kill('SIGKILL'),
    )
    await pause(Math.max(at.getTime() - Date.now(), 0))
    await killed
    // how late a fire is for others: when they can see it
    const seenAfterMs: Record<number, number> = {}
    await eventually(
      'all to be answered',
      async () => {
        // counting costs the schedulers time
        await pause(80)
        const n = (await answered()) - before
        for (const share of [50, 99, 100]) if (n >= (count * share) / 100) seenAfterMs[share] ??= Date.now() - at.getTime()
        return n === count
      },
      60_000,
    )
    const { rows } = await s.it.admin.query(
      `select count(*)::int as fires, count(distinct f.schedule_id)::int as schedules, count(r.id)::int as runs, count(distinct r.id)::int as distinct_runs,
         count(*) filter (where f.fire_at = $1 and f.outcome = 'fired')::int as right,
         (select count(*)::int from scheduler.runs where workflow_id = $2) as all_runs,
         (select count(*)::int from scheduler.schedules where next_fire_at <= $1 or status <> 'active') as stuck,
         percentile_disc(array[0.5, 0.99, 1]) within group (order by f.late_ms) as late,
         extract(epoch from max(r.created_at) - $1)::float as last_s
       from scheduler.schedules s join scheduler.fires f on f.schedule_id = s.id
         left join scheduler.runs r on r.id = f.run_id and r.schedule_id = f.schedule_id
       where s.workflow_id = $2`,
      [at, uuidOf('workflow', workflowId)],
    )
    const { late, last_s, ...seen } = rows[0]
    const told = [50, 99, 100].map((share) => `${share} % were committed after ${seenAfterMs[share]} ms`).join(', ')
    console.log(`${count} fires: ${told}; the ledger says ${late.join(', ')} ms late`)
    expect(seen).toEqual({ fires: count, schedules: count, runs: count, distinct_runs: count, right: count, all_runs: count, stuck: 0 })
    expect(late[2]).toBeLessThan(30_000)
    expect(last_s).toBeLessThan(30)
  }, 180_000)
})
