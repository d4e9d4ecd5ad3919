import { checkChroma, startChroma } from './chroma.ts'
import { lockDataDir } from './data-dir.ts'
import type { ServerLog } from './log.ts'
import { checkPostgres, startPostgres } from './postgres.ts'
import { checkRedis, startRedis } from './redis.ts'
import type { Server } from './supervisor.ts'

export interface ServersOptions {
  /** Folder of the started servers' data; made if need be, and locked until `stop`. */
  dataDir: string
  /** Servers that run already; those without a URL are started. */
  databaseUrl?: string | undefined
  redisUrl?: string | undefined
  chromaUrl?: string | undefined
  /** False gives up surviving a power cut for speed: for tests alone. */
  durable?: boolean
  log: ServerLog
}

export interface Servers {
  databaseUrl: string
  redisUrl: string
  chromaUrl: string
  /** Stops what was started, and frees the data folder. */
  stop(): Promise<void>
}

const foreign = (url: string): Server => ({ url, pid: () => undefined, stop: () => Promise.resolve() })

async function startAll({ databaseUrl, redisUrl, chromaUrl, durable = true, log }: ServersOptions, dataDir: string): Promise<Server[]> {
  const started = await Promise.allSettled([
    databaseUrl ? checkPostgres(databaseUrl).then(() => foreign(databaseUrl)) : startPostgres({ dataDir, durable, log }),
    redisUrl ? checkRedis(redisUrl, log).then(() => foreign(redisUrl)) : startRedis({ dataDir, log }),
    chromaUrl ? checkChroma(chromaUrl).then(() => foreign(chromaUrl)) : startChroma({ dataDir, log }),
  ])
  const failure = started.find((result) => result.status === 'rejected')
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  if (!failure) return servers
  await Promise.all(servers.map((server) => server.stop()))
  throw failure.reason
}

/**
 * Starts PostgreSQL, Redis and ChromaDB, or checks those whose URLs are given.
 * @throws Error with one line for the user: the data folder is taken, a server can't be had or does not answer
 */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const lock = await lockDataDir(options.dataDir)
  try {
    const servers = await startAll(options, lock.path)
    const [databaseUrl = '', redisUrl = '', chromaUrl = ''] = servers.map(({ url }) => url)
    return {
      databaseUrl,
      redisUrl,
      chromaUrl,
      stop: async () => {
        await Promise.all(servers.map((server) => server.stop()))
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
