import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerLog } from './log.ts'
import { endLeftover } from './process-identity.ts'
import { watchOver } from './watchdog.ts'

export interface ServerSpec {
  name: string
  command: string
  args: readonly string[]
  /** Its process id and its log are kept below this folder. */
  dataDir: string
  /** Text on the command line by which a process is known as this server of this data folder. */
  marker: string
  stopSignal: NodeJS.Signals
  user?: { uid: number; gid: number } | undefined
  /** Clears away what a killed server leaves behind and would stumble over. */
  beforeStart?(): Promise<void>
  isReady(): Promise<boolean>
  log: ServerLog
}

export interface Server {
  url: string
  /** Process id, or undefined between a crash and the restart. */
  pid(): number | undefined
  stop(): Promise<void>
}

const readyTimeoutMs = 60_000
const stopTimeoutMs = 20_000
const longestBackoffMs = 5_000

const paths = ({ dataDir, name }: ServerSpec) => ({
  pid: join(dataDir, 'run', `${name}.pid`),
  log: join(dataDir, 'logs', `${name}.log`),
})

async function logTail(spec: ServerSpec): Promise<string> {
  const text = await readFile(paths(spec).log, 'utf8').catch(() => '')
  return text.trim().split('\n').slice(-5).join('\n')
}

async function spawnServer(spec: ServerSpec): Promise<ChildProcess> {
  const { pid, log } = paths(spec)
  await spec.beforeStart?.()
  // Straight into a file: a pipe would fill, or break, once this process is gone.
  const file = await open(log, 'a', 0o600)
  try {
    // In a session of its own, so that Ctrl-C reaches us alone and we decide on the order of stopping.
    const child = spawn(spec.command, spec.args, { detached: true, stdio: ['ignore', file.fd, file.fd], cwd: '/', ...spec.user })
    await once(child, 'spawn')
    await writeFile(pid, String(child.pid))
    return child
  } finally {
    await file.close()
  }
}

const hasExited = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

async function becomesReady(spec: ServerSpec, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + readyTimeoutMs
  while (Date.now() < deadline && !hasExited(child)) {
    if (await spec.isReady().catch(() => false)) return true
    await sleep(25)
  }
  return false
}

async function stopChild(child: ChildProcess, stopSignal: NodeJS.Signals): Promise<void> {
  if (hasExited(child)) return
  const exit = once(child, 'exit')
  child.kill(stopSignal)
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await exit
  clearTimeout(timer)
}

async function endEarlierOne(spec: ServerSpec): Promise<void> {
  const { pid, log } = paths(spec)
  await mkdir(join(spec.dataDir, 'run'), { recursive: true, mode: 0o700 })
  await mkdir(join(spec.dataDir, 'logs'), { recursive: true, mode: 0o700 })
  const earlier = Number(await readFile(pid, 'utf8').catch(() => ''))
  if (earlier > 0) await endLeftover(earlier, spec.marker, spec.stopSignal)
  await rename(log, `${log}.1`).catch(() => undefined)
}

/**
 * Starts a server, waits until it answers, and starts it again if it dies before `stop`.
 * It never outlives this process, whatever ends that.
 * @throws Error with the end of the server's log when it does not come up
 */
export async function superviseServer(spec: ServerSpec, url: string): Promise<Server> {
  await endEarlierOne(spec)
  let child: ChildProcess | undefined
  let reviving = Promise.resolve()
  let stopping = false

  const start = async (): Promise<boolean> => {
    const started = await spawnServer(spec)
    child = started
    started.once('exit', watchOver(started.pid ?? 0, spec.stopSignal))
    const ready = !stopping && (await becomesReady(spec, started))
    if (!ready || hasExited(started)) {
      await stopChild(started, 'SIGKILL')
      return false
    }
    started.once('exit', () => {
      if (!stopping) reviving = revive()
    })
    return true
  }

  const revive = async (): Promise<void> => {
    for (let backoffMs = 100; !stopping; backoffMs = Math.min(backoffMs * 2, longestBackoffMs)) {
      child = undefined
      spec.log(`${spec.name} died; starting it again`)
      if (await start().catch(() => false)) return
      await sleep(backoffMs)
    }
  }

  if (!(await start())) throw new Error(`${spec.name} did not start (log: ${paths(spec).log})\n${await logTail(spec)}`)
  return {
    url,
    pid: () => child?.pid,
    stop: async () => {
      stopping = true
      if (child) await stopChild(child, spec.stopSignal)
      await reviving
      await rm(paths(spec).pid, { force: true })
    },
  }
}
