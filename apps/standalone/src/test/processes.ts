import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { nodeFlags } from '@orrery/service-kit'
import { checkout } from '../config.ts'

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface Place extends AsyncDisposable {
  env: Record<string, string>
  dataDir: string
  origin: string
}

/** A data folder and two ports for one installation. */
export async function makePlace(): Promise<Place> {
  const parent = await mkdtemp(join(tmpdir(), 'orrery-standalone-'))
  const [port, adminPort] = [await freePort(), await freePort()]
  const dataDir = join(parent, 'data')
  return {
    dataDir,
    origin: `http://127.0.0.1:${port}`,
    env: { ORRERY_DATA_DIR: dataDir, ORRERY_PORT: String(port), ORRERY_ADMIN_PORT: String(adminPort) },
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  }
}

export interface Started {
  process: ChildProcess
  output: () => string
  /** The exit code; null when a signal ended it. */
  exit: Promise<number | null>
}

const node = (path: string): [string, string[]] => [process.execPath, [...nodeFlags, join(checkout, path)]]
const entries = { main: node('apps/standalone/src/main.ts'), start: node('scripts/start.mjs'), npm: ['npm', ['start']] } satisfies Record<
  string,
  [string, string[]]
>

/** Runs the standalone process itself, the script behind `npm start`, or that. */
export function run(entry: keyof typeof entries, env: Record<string, string>): Started {
  const [command, args] = entries[entry]
  // Only what a shell would have: settings of the test run are not settings of the installation.
  const inherited = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' }
  const child = spawn(command, args, { cwd: checkout, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  return { process: child, output: () => output, exit: once(child, 'close').then(([code]) => code as number | null) }
}

export async function untilReady({ process: child, output }: Started): Promise<void> {
  while (!output().includes('Orrery is ready at')) {
    if (child.exitCode !== null) throw new Error(`ended instead of starting:\n${output()}`)
    await sleep(25)
  }
}

/** Command lines of the living processes that name the folder. */
export async function processesNaming(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(text))
}

export async function untilNoneNames(text: string): Promise<void> {
  while ((await processesNaming(text)).length > 0) await sleep(50)
}
