import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServers } from '@orrery/servers'
import { prepareTemplate } from './databases.ts'

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
  await prepareTemplate(servers)
}

export const globalTeardown = (): Promise<void> => stop()
