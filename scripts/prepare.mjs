// Plain JavaScript for Node 20: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

export const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
const stamps = join(root, 'node_modules/.orrery')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const pnpmVersion = manifest.packageManager.split('@')[1]
const onWindows = process.platform === 'win32'

/** Ends the process with one line that says what is wrong and how to mend it. */
export function fail(message) {
  console.error(`orrery: ${message}`)
  process.exit(1)
}

export const say = (message) => console.log(`orrery: ${message}`)

function checkNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) fail(`Node ${process.versions.node} is too old; install Node 20 or later (https://nodejs.org)`)
}

// Servers such as NGINX lie where only root's own PATH leads.
const systemPrograms = ['/usr/local/sbin', '/usr/sbin', '/sbin']

const withPath = (...folders) => ({
  ...process.env,
  PATH: [...folders, ...systemPrograms].filter(Boolean).join(delimiter),
  CI: 'true',
  TURBO_TELEMETRY_DISABLED: '1',
  NO_UPDATE_NOTIFIER: '1',
})
const installed = join(root, 'node_modules/.bin')

/** For npx and pnpm: the user's own Node first, for npm finds its settings (a proxy, a company's certificates) beside it. */
export const installerEnvironment = () => withPath(process.env.PATH, installed)

/** For everything else: Node 24 first, once it is there; no prompts, no telemetry. */
export function toolEnvironment(extra = {}) {
  const node = bundledNode()
  return { ...withPath(node && join(node, '..'), installed, process.env.PATH), ...extra }
}

/** Runs a command; its output is shown only if it fails. */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: onWindows, ...options })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    const done = (code) => resolve({ code, output: Buffer.concat(chunks).toString() })
    child.on('error', (error) => done((chunks.push(Buffer.from(error.message)), 127)))
    child.on('close', (code, signal) => done(code ?? (signal ? 1 : 0)))
  })
}

/** The command line of the pinned pnpm: the one on the PATH if it is that version, else by npx. */
export function pnpm(...args) {
  const found = spawnSync('pnpm', ['--version'], { encoding: 'utf8', shell: onWindows, cwd: root })
  return found.stdout?.trim() === pnpmVersion ? ['pnpm', args] : ['npx', ['-y', `pnpm@${pnpmVersion}`, ...args]]
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]))
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

const isStamped = (name, hash) => existsSync(join(stamps, name)) && readFileSync(join(stamps, name), 'utf8') === hash

function stamp(name, hash) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, name), hash)
}

function manifests() {
  const groups = ['apps', 'packages', 'services'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name, 'package.json')),
  )
  const top = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tests/package.json', 'bench/package.json']
  return [...top.map((name) => join(root, name)), ...groups].filter(existsSync)
}

/** Installs what the lockfile says, unless that was done for just these manifests. */
export async function install() {
  checkNode()
  const hash = `${hashOf(manifests())} ${process.platform}-${process.arch}`
  if (isStamped('install', hash)) return
  say('installing dependencies')
  const [command, args] = pnpm('install', '--frozen-lockfile', '--prod=false')
  const { code, output } = await runQuietly(command, args, { env: installerEnvironment() })
  if (code !== 0) fail(`installing failed; is the npm registry reachable?\n${output}`)
  stamp('install', hash)
}

function bundledNode() {
  const path = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node')
  return existsSync(path) ? path : undefined
}

/** Path of a Node 24: the one installed with the dependencies, or the one that runs this if it is recent enough. */
export function node24() {
  const path = bundledNode()
  if (path) return path
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(`no Node 24 comes for ${process.platform}-${process.arch}; install Node 24 or later (https://nodejs.org)`)
}

// Once here instead of at every request.
function compress(folder) {
  for (const file of filesUnder(folder)) {
    if (!/\.(html|js|css|svg|json|webmanifest)$/.test(file)) continue
    const text = readFileSync(file)
    writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
    writeFileSync(`${file}.br`, brotliCompressSync(text))
  }
}

/** Builds the web app, unless it was built from just these sources. */
export async function buildWeb() {
  const web = join(root, 'apps/web')
  const hash = hashOf([...filesUnder(web), ...filesUnder(join(root, 'packages/shared-types/src')), join(root, 'pnpm-lock.yaml')])
  if (isStamped('web', hash) && existsSync(join(web, 'dist/index.html'))) return
  say('building the web app')
  const vite = join(web, 'node_modules/vite/bin/vite.js')
  // Built aside and then moved: who serves the app meanwhile never finds half of it.
  const draft = join(stamps, `web-${process.pid}`)
  const { code, output } = await runQuietly(node24(), [vite, 'build', '--outDir', draft, '--emptyOutDir'], {
    cwd: web,
    env: toolEnvironment(),
  })
  if (code !== 0) fail(`building the web app failed\n${output}`)
  compress(draft)
  rmSync(join(web, 'dist'), { recursive: true, force: true })
  renameSync(draft, join(web, 'dist'))
  stamp('web', hash)
}
