import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { type CrashPoint, crashPoints } from '@orrery/core'
import { nodeFlags } from '@orrery/service-kit'
import { type Installation, openTcpProxy, type TcpProxy } from '@orrery/testing'
import { entryOf, freePort, type ServiceProcess, startProcess } from '../processes.ts'
import { tell } from './tell.ts'

export type PartKind = 'scheduler' | 'worker' | 'realtime-gateway'
/** What a part talks to, each by a door of its own that can be cut. */
export type LineName = 'database' | 'redis' | 'scheduler'

/** What must not stand in a log: what nobody caught, a mistake in our code, a secret. */
const wrongInLog = /unhandled|uncaught|stopping after a failure|TypeError|ReferenceError|RangeError|MaxListenersExceeded/i

/** A process of the installation under fire: started, struck, started again on its port. */
export class Part {
  readonly name: string
  readonly kind: PartKind
  readonly url: string
  readonly lines: Partial<Record<LineName, TcpProxy>>
  /** Lines of its log that must not be. */
  readonly complaints: string[] = []
  /** Somebody strikes it just now. */
  busy = false
  private readonly it: Installation
  private readonly port: number
  private readonly env: Record<string, string>
  private readonly secrets: string[]
  private running: ServiceProcess | undefined
  private awaitsEnd = false

  constructor(it: Installation, kind: PartKind, number: number, port: number, env: Record<string, string>, lines: Part['lines']) {
    this.it = it
    this.kind = kind
    this.name = `${kind} ${number}`
    this.port = port
    this.url = `http://127.0.0.1:${port}`
    this.env = env
    this.lines = lines
    this.secrets = [env['ORRERY_WORKER_KEY'], new URL(it.databaseUrl('scheduler')).password, new URL(it.redisUrl).password].filter(
      (each) => each !== undefined && each !== '',
    ) as string[]
  }

  /** Starts it, and again where what it needs is away just now: whoever runs containers would do the same. */
  async start(crashAt?: string): Promise<void> {
    const env = { ...this.env, ...(crashAt !== undefined && { ORRERY_CRASH_AT: crashAt }) }
    for (let left = 10; ; left--) {
      this.awaitsEnd = true
      try {
        this.running = await startProcess(this.it, this.kind, { env, port: this.port, heard: (text) => this.hear(text) })
        break
      } catch (error) {
        if (left === 0) throw error
      }
    }
    this.awaitsEnd = crashAt !== undefined
    const { child } = this.running
    child.once('exit', (code, signal) => {
      if (!this.awaitsEnd) this.complaints.push(`${this.name} ended by itself: ${code ?? signal}`)
    })
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    if (signal === 'SIGKILL') this.awaitsEnd = true
    await this.running?.kill(signal)
  }

  /** True once it has died at the point that it was started with. */
  get isDead(): boolean {
    return this.running?.child.signalCode === 'SIGKILL'
  }

  /** What it holds: memory and open files. */
  async holds(): Promise<{ memoryMb: number; files: number }> {
    const pid = this.running?.child.pid
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
    return { memoryMb: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024), files: files.length }
  }

  private hear(text: string): void {
    for (const line of text.split('\n').filter((each) => each !== '')) {
      tell(`${this.name}: ${line}`)
      if (wrongInLog.test(line)) this.complaints.push(`${this.name}: ${line.slice(0, 1000)}`)
      if (this.secrets.some((secret) => line.includes(secret))) this.complaints.push(`${this.name} wrote a secret`)
    }
  }
}

/** Which point is in which kind of process. */
export const homeOf = (point: CrashPoint): PartKind =>
  point === 'after-effect-before-result' ? 'worker' : point === 'after-stamp-before-publish' ? 'realtime-gateway' : 'scheduler'
export { crashPoints }

// On a machine with much memory the collector has no hurry, and garbage would look like a leak. This is some three times
// of what a process needs for its objects; what grows without end doesn't fit in.
const nodeOptions = '--max-old-space-size=192'

/** Compiles the services once for all the starts to come: without settings each ends at once, and leaves that behind. */
export async function compileBefore(folder: string): Promise<void> {
  for (const kind of ['scheduler', 'worker', 'realtime-gateway'] as const) {
    const args = [...nodeFlags, entryOf(kind)]
    await once(spawn(process.execPath, args, { env: { NODE_COMPILE_CACHE: folder, NODE_OPTIONS: nodeOptions }, stdio: 'ignore' }), 'exit')
  }
}

const through = async (it: Installation, ...urls: [string, ...string[]]) => it.use(await openTcpProxy(...urls))

export type PartSettings = { leaseMs: number; httpAllow: string; workerKey: string; compiled: string }

/** Schedulers, workers and gateways, as many of each, every one with doors of its own to what it talks to. */
export async function makeParts(it: Installation, count: number, settings: PartSettings): Promise<Part[]> {
  const shared = {
    NODE_COMPILE_CACHE: settings.compiled,
    NODE_OPTIONS: nodeOptions,
    ORRERY_WORKER_KEY: settings.workerKey,
    ORRERY_DB_POOL: '6',
    LOG_LEVEL: 'warn',
    NODE_ENV: 'test',
  }
  const stateful = async (kind: 'scheduler' | 'realtime-gateway', number: number, env: Record<string, string>) => {
    const [database, redis] = [await through(it, it.databaseUrl(kind)), await through(it, it.redisUrl)]
    const doors = { DATABASE_URL: database.url, REDIS_URL: redis.url }
    return new Part(it, kind, number, await freePort(), { ...shared, ...env, ...doors }, { database, redis })
  }
  const parts: Part[] = []
  const numbers = Array.from({ length: count }, (_, i) => i + 1)
  for (const number of numbers) parts.push(await stateful('scheduler', number, { ORRERY_LEASE_MS: String(settings.leaseMs) }))
  const schedulers = parts.map((part) => part.url) as [string, ...string[]]
  for (const number of numbers) {
    // a worker gets through to whichever scheduler is there, as by the address of a service
    const [scheduler, redis] = [await through(it, ...schedulers), await through(it, it.redisUrl)]
    const env = {
      SCHEDULER_URL: scheduler.url,
      REDIS_URL: redis.url,
      ORRERY_HTTP_ALLOW: settings.httpAllow,
      ORRERY_CODE_STEPS: 'off',
    }
    const worker = new Part(it, 'worker', number, await freePort(), { ...shared, ...env }, { scheduler, redis })
    const gateway = await stateful('realtime-gateway', number, { ORRERY_WS_PER_IP: '1000' })
    parts.push(worker, gateway)
  }
  return parts
}
