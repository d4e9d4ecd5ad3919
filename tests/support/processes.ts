import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { StatefulService } from '@orrery/service-kit'
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

/** Runs one service as a process of its own, as a container would, and waits until it is ready. */
export async function startProcess(
  it: Installation,
  service: StatefulService | 'worker',
  env: Record<string, string> = {},
  port?: number,
): Promise<ServiceProcess> {
  const [own, admin] = [port ?? (await freePort()), await freePort()]
  const entry = fileURLToPath(new URL(`../../services/${service}/src/${service === 'worker' ? 'worker' : 'server'}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: service === 'worker' ? '' : it.databaseUrl(service),
      REDIS_URL: setting('ORRERY_TEST_REDIS_URL'),
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
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const gone = once(child, 'exit')
  const ready = async () => {
    if (child.exitCode !== null) throw new Error(`${service} ended with ${child.exitCode} instead of starting`)
    return fetch(`http://127.0.0.1:${admin}/readiness`).then(
      (answer) => answer.ok,
      () => false,
    )
  }
  await eventually(`${service} to be ready`, ready, 30_000)
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
