import { setTimeout as pause } from 'node:timers/promises'
import { startApart } from '../support/apart.ts'

describe('three schedulers, one of them killed', () => {
  it('fire a schedule of each second once for a minute', async () => {
    await using s = await startApart(3)
    await s.worker()
    const workflowId = await s.api.publish(s.projectId, 'tick', { steps: { a: { uses: 'noop' } } })
    const schedule = (await s.api.send('POST', '/schedules', { projectId: s.projectId, workflowId, cron: '*/1 * * * * *' })) as {
      id: string
    }
    await pause(20_000)
    await s.schedulers[2]?.kill('SIGKILL')
    await pause(41_000)
    await s.api.send('POST', `/schedules/${schedule.id}/pause`)
    const { rows } = await s.it.admin.query('select fire_at, fired_at, run_id from scheduler.fires order by fire_at')
    const at = rows.map((row) => row.fire_at.getTime() as number)
    const gaps = at.slice(1).filter((time, i) => time - (at[i] ?? 0) !== 1000)
    expect(gaps).toEqual([])
    expect(rows.length).toBeGreaterThanOrEqual(60)
    expect(new Set(rows.map((row) => row.run_id)).size).toBe(rows.length)
    const { rows: runs } = await s.it.admin.query('select count(*)::int as n from scheduler.runs')
    expect(runs[0].n).toBe(rows.length)
    const late = rows.map((row) => row.fired_at.getTime() - row.fire_at.getTime()).sort((a, b) => a - b)
    console.log(`${rows.length} fires; late by ${late[Math.floor(late.length / 2)]} ms in the middle, ${late.at(-1)} ms at most`)
  }, 120_000)
})
