import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface SystemUser {
  uid: number
  gid: number
}

/** A command line as it must be run: by root as another user, or just as it is. */
export interface Command {
  command: string
  args: string[]
  user?: SystemUser | undefined
}

async function findUser(name: string): Promise<SystemUser | undefined> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined
}

/** The user that PostgreSQL runs as when we are root, which it refuses to be; undefined when we are not. */
export async function postgresUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const existing = await findUser('postgres')
  if (existing) return existing
  await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']).catch(() => undefined)
  const user = (await findUser('postgres')) ?? (await findUser('nobody'))
  if (!user) throw new Error('PostgreSQL cannot run as root and no other user could be made; start Orrery as an ordinary user')
  return user
}

/** Whether `user` may pass through every folder above `path`. */
async function canReach(path: string, { uid, gid }: SystemUser): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid: owner, gid: group } = await stat(folder)
    const shift = owner === uid ? 6 : group === gid ? 3 : 0
    if (((mode >> shift) & 1) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

const capabilities = [
  { name: 'dac_read_search', bit: 2 },
  { name: 'dac_override', bit: 1 },
]

/** A capability we hold that lets a process pass through closed folders, the narrowest first. */
async function passThrough(): Promise<string | undefined> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
  return capabilities.find(({ bit }) => (held >> BigInt(bit)) & 1n)?.name
}

/** The command line that runs `command` as `user`, who may have to reach `paths` inside root's own folders. */
export async function asUser(user: SystemUser | undefined, command: string, args: string[], paths: readonly string[]): Promise<Command> {
  if (!user) return { command, args }
  const reachable = await Promise.all([command, ...paths].map((path) => canReach(path, user)))
  if (reachable.every(Boolean)) return { command, args, user }
  const capability = await passThrough()
  if (!capability)
    throw new Error(`PostgreSQL runs as user ${user.uid}, who cannot reach ${paths.join(', ')}; move the checkout or set ORRERY_DATA_DIR`)
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  return { command: 'setpriv', args: [...identity, `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`, command, ...args] }
}
