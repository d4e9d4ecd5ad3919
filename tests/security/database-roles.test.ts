import { schemaOf, statefulServices } from '@orrery/service-kit'
import { openInstallation } from '@orrery/testing'
import pg from 'pg'

const denied = { code: '42501' }

/** Asks the database as the role of one service. */
async function as<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

describe('the role of a service', () => {
  it('reaches the tables of no other service', async () => {
    await using it = await openInstallation()
    const { rows } = await it.admin.query<{ schema: string; name: string }>(
      `select schemaname as schema, tablename as name from pg_tables where schemaname = any($1)`,
      [statefulServices.map(schemaOf)],
    )
    expect(rows.length).toBeGreaterThan(20)
    for (const service of statefulServices) {
      await as(it.databaseUrl(service), async (client) => {
        for (const { schema, name } of rows) {
          const reading = client.query(`select 1 from ${schema}.${name} limit 1`)
          if (schema === schemaOf(service)) await reading
          else await expect(reading).rejects.toMatchObject(denied)
        }
      })
    }
  })

  it('can say what happened, and change nothing of what was said', async () => {
    await using it = await openInstallation()
    for (const service of statefulServices) {
      await as(it.databaseUrl(service), async (client) => {
        for (const table of ['audit_log', 'domain_events']) {
          await expect(client.query(`delete from platform.${table}`)).rejects.toMatchObject(denied)
          await expect(client.query(`update platform.${table} set entity_id = 'x'`)).rejects.toMatchObject(denied)
          await expect(client.query(`truncate platform.${table}`)).rejects.toMatchObject(denied)
        }
        const stamping = client.query(
          `insert into platform.domain_events (seq, type, entity_id, entity_version, occurred_at, payload) values (1, 'x', 'x', 1, now(), '{}')`,
        )
        if (service === 'realtime-gateway') await stamping
        else await expect(stamping).rejects.toMatchObject(denied)
      })
    }
  })

  it('gives rights and keys only where it owns them', async () => {
    await using it = await openInstallation()
    const owned = { project_access: 'projects', api_keys: 'auth', revoked_sessions: 'auth', public_keys: 'auth' } as const
    for (const service of statefulServices) {
      await as(it.databaseUrl(service), async (client) => {
        for (const [table, owner] of Object.entries(owned)) {
          if (service !== owner) await expect(client.query(`delete from platform.${table}`)).rejects.toMatchObject(denied)
        }
      })
    }
  })
})
