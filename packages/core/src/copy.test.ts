import { adminUrl, sharedServers } from '@orrery/testing'
import { openDb, type SqlClient } from './context.ts'
import { copyInto, type Statement } from './copy.ts'

type Row = { n: number; text: string | null; yes: boolean; at: string | Date; list: string[]; doc: unknown }
const put = copyInto<Row>('pg_temp.rows', ['n', 'text', 'yes', 'at', 'list'], ['doc'])
const at = '2026-11-26T10:00:00.123Z'
const row = (n: number, more: Partial<Row> = {}): Row => ({ n, text: null, yes: true, at, list: [], doc: null, ...more })

const send = (client: SqlClient, statements: Statement[]) => Promise.all(statements.map((each) => each(client)))

async function open(pipeline: boolean) {
  const { pool } = openDb({ connectionString: adminUrl(sharedServers(), 'postgres'), max: 1, pipeline, onError: () => undefined })
  const client = await pool.connect()
  await client.query(
    'create temp table rows (n int primary key, text text, yes bool, at timestamptz(3), list text[], doc json, made int not null default 7)',
  )
  return {
    client,
    [Symbol.asyncDispose]: async () => {
      client.release()
      await pool.end()
    },
  }
}

describe.each([{ pipeline: true }, { pipeline: false }])('copyInto on a connection with $pipeline pipeline', ({ pipeline }) => {
  it('keeps every value as it is, and gives the default to columns that it does not name', async () => {
    await using it = await open(pipeline)
    const texts = ['', '\\N', '\\.', 'a\tb\nc\r\\d', '“ü” 🚀', '{"a"}', 'null', '\b\f\v']
    const docs = ['"quoted\\ \n"', 12, 'text', { 'a\\"\t': [1, null, '\u0001'] }, false, '\\N']
    const rows = [
      ...texts.map((text, i) => row(i, { text, list: [text, 'NULL', 'b'] })),
      ...docs.map((doc, i) => row(100 + i, { doc, yes: false, at: new Date(at) })),
      row(200),
    ]
    await send(it.client, put(rows))
    const { rows: kept } = await it.client.query('select * from rows order by n')
    expect(kept).toEqual(rows.map((each) => ({ ...each, at: new Date(at), made: 7 })))
  })

  it('says what was refused, keeps nothing of it, and leaves the connection usable', async () => {
    await using it = await open(pipeline)
    await expect(send(it.client, put([row(1), row(2), row(1)]))).rejects.toMatchObject({ code: '23505' })
    await expect(send(it.client, put([row(3, { text: 'a\0b' })]))).rejects.toMatchObject({ code: '22021' })
    await expect(send(it.client, copyInto<Row>('pg_temp.nowhere', ['n'])([row(1)]))).rejects.toMatchObject({ code: '42P01' })
    await it.client.query('begin')
    await expect(it.client.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' })
    await expect(send(it.client, put([row(4)]))).rejects.toMatchObject({ code: '25P02' })
    await it.client.query('rollback')
    expect(put([])).toEqual([])
    expect((await it.client.query('select * from rows')).rows).toEqual([])
  })

  it('keeps the order of what is sent without waiting', async () => {
    await using it = await open(pipeline)
    const many = Array.from({ length: 20_000 }, (_, n) => row(n, { text: 'x'.repeat(100) }))
    const [, , , counted] = await Promise.all([
      it.client.query('begin'),
      send(it.client, put(many)),
      it.client.query('delete from rows where n >= 10000'),
      it.client.query<{ n: number }>('select count(*)::int as n from rows'),
      it.client.query('commit'),
    ])
    expect(counted.rows).toEqual([{ n: 10_000 }])
  })
})
