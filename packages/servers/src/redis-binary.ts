import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { ServerLog } from './log.ts'

const run = promisify(execFile)
const programs = ['redis-server', 'valkey-server']

async function findOnPath(): Promise<string | undefined> {
  for (const program of programs) {
    const found = await run(program, ['--version']).then(
      () => true,
      () => false,
    )
    if (found) return program
  }
  return undefined
}

const isDebian = () =>
  access('/usr/bin/apt-get').then(
    () => true,
    () => false,
  )

async function installOnDebian(log: ServerLog): Promise<void> {
  log('installing redis-server by apt-get')
  const apt = (...args: string[]) =>
    // RUNLEVEL=1 keeps the package from starting a server of its own.
    run('env', ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120', ...args])
  await apt('update')
  await apt('install', '-y', '--no-install-recommends', 'redis-server')
}

/**
 * The program to run as Redis; installs it where that can be done without asking.
 * @throws Error that says what to do when there is none
 */
export async function redisProgram(log: ServerLog): Promise<string> {
  const found = await findOnPath()
  if (found) return found
  const byHand = 'install it (Debian: apt-get install redis-server, macOS: brew install redis), or set REDIS_URL to a Redis 6.2 or later'
  if (process.getuid?.() !== 0 || !(await isDebian())) throw new Error(`no redis-server on the PATH; ${byHand}`)
  await installOnDebian(log).catch((cause: Error) => {
    throw new Error(`no redis-server on the PATH, and apt-get could not install one; ${byHand}`, { cause })
  })
  const installed = await findOnPath()
  if (!installed) throw new Error(`no redis-server on the PATH; ${byHand}`)
  return installed
}
