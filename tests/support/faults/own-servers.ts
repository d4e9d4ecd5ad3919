import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Server, startPostgres, startRedis } from '@orrery/servers'
import { eventually, prepareTemplate } from '@orrery/testing'
import { Redis } from 'ioredis'
import pg from 'pg'

export type OwnServers = Awaited<ReturnType<typeof startOwnServers>>

/** A PostgreSQL and a Redis that no other test uses, as durable as an installation's, so that they may be struck. */
export async function startOwnServers() {
  const dataDir = await mkdtemp(join(tmpdir(), 'orrery-faults-'))
  const [postgres, redis] = await Promise.all([startPostgres({ dataDir, log: () => {} }), startRedis({ dataDir, log: () => {} })])
  const servers = { databaseUrl: postgres.url, redisUrl: redis.url }
  await prepareTemplate(servers)
  return {
    ...servers,
    dataDir,
    /** Ends PostgreSQL in the middle of everything, or lets it go, and waits until it is back. */
    strikePostgres: (signal: 'SIGQUIT' | 'SIGINT') => strike(postgres, signal, () => answersSql(postgres.url)),
    killRedis: () => strike(redis, 'SIGKILL', () => answersPing(redis.url)),
    close: async () => {
      await Promise.all([postgres.stop(), redis.stop()])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The supervisor of `packages/servers` starts it again on its port and its data. */
async function strike(server: Server, signal: NodeJS.Signals, answers: () => Promise<boolean>): Promise<void> {
  const pid = server.pid()
  if (pid === undefined) throw new Error('It is down already')
  process.kill(pid, signal)
  await eventually('the server to be another one', () => server.pid() !== undefined && server.pid() !== pid, 30_000)
  await eventually('the server to answer', answers, 60_000)
}

async function answersSql(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function answersPing(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return (await redis.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    redis.disconnect()
  }
}
