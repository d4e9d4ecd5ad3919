import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { keptSecret } from './data-dir.ts'
import type { ServerLog } from './log.ts'
import { freePort } from './port.ts'
import { redisProgram } from './redis-binary.ts'
import { type Server, superviseServer } from './supervisor.ts'

export interface RedisOptions {
  dataDir: string
  log: ServerLog
}

/** A file rather than flags: the password must not show in the list of processes. */
const configuration = (port: number, folder: string, password: string) => `bind 127.0.0.1
port ${port}
requirepass ${password}
dir "${folder}"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
set-proc-title no
daemonize no
`

async function withClient<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0, connectTimeout: 5_000 })
  let reason: Error | undefined
  client.on('error', (error: Error) => {
    reason = error
  })
  try {
    await client.connect()
    return await use(client)
  } catch (error) {
    throw reason ?? error
  } finally {
    client.disconnect()
  }
}

const ping = (url: string) => withClient(url, async (client) => (await client.ping()) === 'PONG')

/** Starts Redis on its folder in `dataDir`: append-only, never evicting, as the queues need it. */
export async function startRedis({ dataDir, log }: RedisOptions): Promise<Server> {
  const folder = join(dataDir, 'redis')
  const file = join(folder, 'redis.conf')
  const [program, password, port] = await Promise.all([redisProgram(log), keptSecret(dataDir, 'redis'), freePort()])
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(file, configuration(port, folder, password), { mode: 0o600 })
  const url = `redis://:${password}@127.0.0.1:${port}`
  return superviseServer(
    { name: 'redis', command: program, args: [file], dataDir, marker: file, stopSignal: 'SIGTERM', isReady: () => ping(url), log },
    url,
  )
}

/**
 * Checks a Redis that somebody else runs, and warns where it may lose or evict queued work.
 * @throws Error that names the variable when no Redis answers at `url`
 */
export async function checkRedis(url: string, log: ServerLog): Promise<void> {
  const info = await withClient(url, (client) => client.info()).catch((error: Error) => {
    throw new Error(`REDIS_URL: Redis does not answer (${error.message})`)
  })
  const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1]
  if (policy && policy !== 'noeviction')
    log(`REDIS_URL: maxmemory-policy is ${policy}; set it to noeviction, or queued work may be evicted`)
  if (/aof_enabled:0/.test(info))
    log('REDIS_URL: the append-only file is off; set appendonly yes, or a restart of Redis delays queued work')
}
