import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServers } from '@orrery/servers'
import { migrate, type StatefulService, statefulServices } from '@orrery/service-kit'
import { adminUrl, asAdmin, rolePassword, rolePrefix, templateName } from './databases.ts'

let stop = async () => {}

/** Starts the real servers once for all test files and migrates the template that each test clones. */
export async function globalSetup(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'orrery-test-'))
  const servers = await startServers({ dataDir, durable: false, log: () => {} })
  stop = async () => {
    await servers.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  process.env['ORRERY_TEST_DATABASE_URL'] = servers.databaseUrl
  process.env['ORRERY_TEST_REDIS_URL'] = servers.redisUrl
  process.env['ORRERY_TEST_CHROMA_URL'] = servers.chromaUrl
  await asAdmin('postgres', async (client) => void (await client.query(`create database ${templateName}`)))
  await migrate({
    databaseUrl: adminUrl(templateName),
    rolePrefix,
    passwords: each(() => rolePassword),
    folders: each((service) => fileURLToPath(new URL(`../../../services/${service}/migrations`, import.meta.url))),
  })
}

export const globalTeardown = (): Promise<void> => stop()

const each = <T>(value: (service: StatefulService) => T) =>
  Object.fromEntries(statefulServices.map((service) => [service, value(service)])) as Record<StatefulService, T>
