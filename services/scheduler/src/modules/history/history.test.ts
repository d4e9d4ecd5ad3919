import { newUuid } from '@orrery/core'
import { startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'
import { keepHistory } from './history.repository.ts'

const kinds = ['runs', 'steps', 'attempts', 'log_chunks'] as const
const bound = (month: string) => `platform.month_bound('${month}-01T00:00:00Z', true)`
const runOf = (day: string) =>
  `${Date.parse(day)
    .toString(16)
    .padStart(12, '0')
    .replace(/(.{8})/, '$1-')}-7000-8000-${newUuid().slice(-12)}`

/** Lays months of long ago apart, as they would lie if the installation were that old. */
async function growOld(s: TestScheduler): Promise<void> {
  for (const kind of kinds) {
    const name = `scheduler.${kind}`
    const [first] = (
      await s.it.admin.query<{ child: string }>(
        `select c.relname as child from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass and c.relname like '%_until_%'`,
        [name],
      )
    ).rows
    if (!first) throw new Error(`no first partition of ${name}`)
    await s.it.admin.query(`alter table ${name} detach partition scheduler.${first.child}`)
    await s.it.admin.query(`drop table scheduler.${first.child}`)
    const parts: [string, string, string][] = [
      ['until_202401', 'minvalue', `'${await text(s, bound('2024-01'))}'`],
      ['202401', `'${await text(s, bound('2024-01'))}'`, `'${await text(s, bound('2024-02'))}'`],
      ['202402', `'${await text(s, bound('2024-02'))}'`, `'${await text(s, bound('2024-03'))}'`],
      [
        'recent',
        `'${await text(s, bound('2024-03'))}'`,
        `'${await text(s, `platform.month_bound(date_trunc('month', now() at time zone 'UTC') at time zone 'UTC', true)`)}'`,
      ],
    ]
    for (const [suffix, from, to] of parts)
      await s.it.admin.query(`create table scheduler.${kind}_${suffix} partition of ${name} for values from (${from}) to (${to})`)
  }
}

const text = async (s: TestScheduler, expression: string): Promise<string> =>
  (await s.it.admin.query<{ value: string }>(`select ${expression} as value`)).rows[0]?.value ?? ''

const insertRun = (s: TestScheduler, id: string, at: string) =>
  s.it.admin.query(
    `insert into scheduler.runs (id, project_id, workflow_id, workflow_version, trigger, status, input, created_at) values ($1, $2, $2, 1, 'manual', 'done', '{}', $3)`,
    [id, newUuid(), at],
  )

const insertLetter = (s: TestScheduler, run: string) =>
  s.it.admin.query(
    `insert into scheduler.dead_letters (run_id, ordinal, project_id, workflow_id, step_key, queue, code, message, attempt) values ($1, 0, $2, $2, 'a', 'default', 'drained', 'was drained', 1)`,
    [run, newUuid()],
  )

describe('history', () => {
  it('is forgotten by whole months, each kind after its own time, and never a month in which a run began that goes on', async () => {
    await using s = await startScheduler()
    await growOld(s)
    const old = runOf('2024-01-10')
    const goingOn = runOf('2024-02-10')
    await insertRun(s, old, '2024-01-10')
    await insertRun(s, goingOn, '2024-02-10')
    await s.it.admin.query(
      `insert into scheduler.run_state (run_id, project_id, workflow_id, workflow_version, entity_version, started, nodes, next_ordinal, depth, created_at, slot_waiting)
       values ($1, $2, $2, 1, 1, true, '1', 2, 0, now(), true)`,
      [goingOn, newUuid()],
    )
    for (const run of [old, goingOn]) await insertLetter(s, run)
    const letters = async () => (await s.it.admin.query('select run_id as id from scheduler.dead_letters')).rows
    const pool = s.it.deps('scheduler').pool
    expect(await keepHistory(pool, 36_500, 36_500)).toEqual([])
    expect((await letters()).length).toBe(2)
    const dropped = await keepHistory(pool, 180, 30)
    expect(dropped.sort()).toEqual(kinds.flatMap((kind) => [`scheduler.${kind}_202401`, `scheduler.${kind}_until_202401`]).sort())
    expect((await s.it.admin.query('select id from scheduler.runs order by 1')).rows).toEqual([{ id: goingOn }])
    // what was given up in a run is forgotten with it
    expect(await letters()).toEqual([{ id: goingOn }])
    await s.it.admin.query('delete from scheduler.run_state')
    expect(await keepHistory(pool, 36_500, 30)).toEqual(['scheduler.log_chunks_202402'])
    // no sooner than the run itself
    expect(await letters()).toEqual([{ id: goingOn }])
    expect((await keepHistory(pool, 180, 30)).length).toBe(3)
    expect(await letters()).toEqual([])
  })

  it('has room for the months to come as soon as the scheduler is up, and the scheduler may make or drop no table itself', async () => {
    await using s = await startScheduler()
    const { rows } = await s.it.admin.query<{ month: string }>(
      `select distinct to_char(date_trunc('month', now() at time zone 'UTC') + n * interval '1 month', 'YYYY-MM-DD') as month from generate_series(0, 2) n order by 1`,
    )
    for (const { month } of rows) await insertRun(s, runOf(`${month.slice(0, 8)}15`), month)
    expect((await s.it.admin.query('select 1 from scheduler.runs')).rowCount).toBe(3)
    const { pool } = s.it.deps('scheduler')
    await expect(pool.query('drop table scheduler.runs')).rejects.toThrow(/must be owner/)
    await expect(pool.query(`select platform.make_partitions('scheduler.runs', true, 100, '')`)).rejects.toThrow(/permission denied/)
  })
})
