import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { nodeFlags, type StatefulService } from '@orrery/service-kit'
import { eventually, type Installation, setting } from '@orrery/testing'
import { objectsFolder, secretKey, workerKey } from './in-process.ts'

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

export type ServiceProcess = {
  url: string
  child: ChildProcess
  kill: (signal: NodeJS.Signals) => Promise<void>
  close: () => Promise<void>
}

/** The program of a service. */
export const entryOf = (service: StatefulService | 'worker'): string =>
  fileURLToPath(new URL(`../../services/${service}/src/${service === 'worker' ? 'worker' : 'server'}.ts`, import.meta.url))

export type ProcessOptions = {
  env?: Record<string, string>
  /** Where it answers; a free one without. */
  port?: number
  /** Takes what it writes, which goes to our own output otherwise. */
  heard?: (text: string) => void
}

const children = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Runs one service as a process of its own, as a container would, and waits until it is ready. */
export async function startProcess(
  it: Installation,
  service: StatefulService | 'worker',
  { env = {}, port, heard }: ProcessOptions = {},
): Promise<ServiceProcess> {
  const [own, admin] = [port ?? (await freePort()), await freePort()]
  const child = spawn(process.execPath, [...nodeFlags, entryOf(service)], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: service === 'worker' ? '' : it.databaseUrl(service),
      REDIS_URL: it.redisUrl,
      CHROMA_URL: setting('ORRERY_TEST_CHROMA_URL'),
      ORRERY_REDIS_NAMESPACE: `orrery:${it.databaseName}`,
      ORRERY_WORKER_KEY: workerKey,
      ORRERY_SECRET_KEY: secretKey,
      ORRERY_RATE_LIMIT: '1000000',
      ORRERY_DATA_DIR: objectsFolder,
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'error',
      PORT: String(own),
      ADMIN_PORT: String(admin),
      ...env,
    },
    stdio: ['ignore', heard ? 'pipe' : 'inherit', heard ? 'pipe' : 'inherit'],
  })
  if (heard) for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', heard)
  children.add(child)
  const gone = once(child, 'exit').finally(() => children.delete(child))
  const ready = async () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${service} ended with ${child.exitCode ?? child.signalCode} instead of starting`)
    return fetch(`http://127.0.0.1:${admin}/readiness`).then(
      (answer) => answer.ok,
      () => false,
    )
  }
  await eventually(`${service} to be ready`, ready, 30_000).catch(async (error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await gone
  }
  const started = {
    url: `http://127.0.0.1:${own}`,
    child,
    kill,
    close: async () => void (child.exitCode === null && child.signalCode === null && (await kill('SIGKILL'))),
  }
  return it.use(started)
}
