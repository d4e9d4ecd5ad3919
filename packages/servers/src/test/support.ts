import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import pg from 'pg'

export const silent = () => undefined

/** A data folder that is removed at the end of its scope. */
export async function makeDataDir(): Promise<AsyncDisposable & { path: string }> {
  const parent = await mkdtemp(join(tmpdir(), 'orrery-servers-'))
  return { path: join(parent, 'data'), [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) }
}

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

export async function redis<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await use(client)
  } finally {
    client.disconnect()
  }
}

/** Asks again until there is an answer that satisfies; fails with the last error after 20 s. */
export async function eventually<T>(ask: () => Promise<T>, isFine: (answer: T) => boolean = () => true): Promise<T> {
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      const answer = await ask()
      if (isFine(answer)) return answer
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(answer)} after 20 s`)
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
    await sleep(50)
  }
}

/** Command lines of the living processes that name `text`; Linux alone can tell. */
export async function processesNaming(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(text))
}

export interface Holder {
  urls: { databaseUrl: string; redisUrl: string; chromaUrl: string }
  process: ChildProcess
}

/** Starts the servers from another process, which a test may kill. */
export async function holdServers(dataDir: string): Promise<Holder> {
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'hold-servers.ts'), dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(holder.stdout, 'data')) as [Buffer]
  return { urls: JSON.parse(line.toString()) as Holder['urls'], process: holder }
}
