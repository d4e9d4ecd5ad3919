import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { migrate, roleOf, type StatefulService, statefulServices } from '@orrery/service-kit'
import pg from 'pg'
import { setting } from './settings.ts'

const templateName = 'orrery_template'
const rolePrefix = 'orrery_test'
const rolePassword = 'only-for-tests'

/** Where the servers of a test are. */
export type TestServers = { databaseUrl: string; redisUrl: string }

/** The servers that all test files share. */
export const sharedServers = (): TestServers => ({
  databaseUrl: setting('ORRERY_TEST_DATABASE_URL'),
  redisUrl: setting('ORRERY_TEST_REDIS_URL'),
})

export const adminUrl = (servers: TestServers, database: string): string =>
  Object.assign(new URL(servers.databaseUrl), { pathname: `/${database}` }).toString()

/** The URL of a database as the role of one service. */
export const serviceUrl = (servers: TestServers, database: string, service: StatefulService): string =>
  Object.assign(new URL(adminUrl(servers, database)), { username: roleOf(rolePrefix, service), password: rolePassword }).toString()

async function asAdmin<T>(servers: TestServers, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl(servers, 'postgres') })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Makes the migrated template that each test clones. */
export async function prepareTemplate(servers: TestServers): Promise<void> {
  await asAdmin(servers, (client) => client.query(`create database ${templateName}`))
  await migrate({
    databaseUrl: adminUrl(servers, templateName),
    rolePrefix,
    passwords: each(() => rolePassword),
    folders: each((service) => fileURLToPath(new URL(`../../../services/${service}/migrations`, import.meta.url))),
  })
}

/** A private copy of the migrated template, in about a tenth of a second. */
export async function cloneDatabase(servers: TestServers): Promise<{ name: string; drop: () => Promise<void> }> {
  const name = `t_${process.pid}_${randomBytes(5).toString('hex')}`
  await asAdmin(servers, (client) => client.query(`create database ${name} template ${templateName}`))
  return {
    name,
    drop: () => asAdmin(servers, async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  }
}

const each = <T>(value: (service: StatefulService) => T) =>
  Object.fromEntries(statefulServices.map((service) => [service, value(service)])) as Record<StatefulService, T>
