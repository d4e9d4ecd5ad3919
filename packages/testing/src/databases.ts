import { randomBytes } from 'node:crypto'
import { roleOf, type StatefulService } from '@orrery/service-kit'
import pg from 'pg'
import { setting } from './settings.ts'

export const templateName = 'orrery_template'
export const rolePrefix = 'orrery_test'
export const rolePassword = 'only-for-tests'

export const adminUrl = (database: string): string =>
  Object.assign(new URL(setting('ORRERY_TEST_DATABASE_URL')), { pathname: `/${database}` }).toString()

/** The URL of a database as the role of one service. */
export const serviceUrl = (database: string, service: StatefulService): string =>
  Object.assign(new URL(adminUrl(database)), { username: roleOf(rolePrefix, service), password: rolePassword }).toString()

export async function asAdmin<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl(database) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** A private copy of the migrated template, in about a tenth of a second. */
export async function cloneDatabase(): Promise<{ name: string; drop: () => Promise<void> }> {
  const name = `t_${process.pid}_${randomBytes(5).toString('hex')}`
  await asAdmin('postgres', (client) => client.query(`create database ${name} template ${templateName}`))
  return {
    name,
    drop: () => asAdmin('postgres', async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  }
}
