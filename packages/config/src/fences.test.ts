import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { allowed, plants } from './fences.plants.ts'

interface Violation {
  from: string
  to: string
  rule: { name: string }
}
interface Fence {
  name: string
}

const root = join(import.meta.dirname, '../../..')
const config = join(root, '.dependency-cruiser.mjs')
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
const workspaces = {
  'packages/shared-types': 'src/index.ts',
  'packages/core': 'src/index.ts',
  'packages/service-kit': 'src/index.ts',
  'packages/testing': 'src/index.ts',
  'services/beta': 'src/app.ts',
}
const libraries = ['fastify', 'bullmq', 'ioredis', 'drizzle-orm', '@sinclair/typebox']

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/** A house in miniature: packages, libraries and services, with the given imports planted. */
async function buildHouse(imports: readonly { from: string; imports: string; to: string }[]): Promise<string> {
  const house = await mkdtemp(join(tmpdir(), 'orrery-fences-'))
  const manifest = (name: string, entry: string) => JSON.stringify({ name, type: 'module', exports: { '.': `./${entry}` } })
  await put(join(house, 'package.json'), JSON.stringify({ name: 'house', type: 'module' }))
  for (const [path, entry] of Object.entries(workspaces)) {
    const name = `@orrery/${path.split('/')[1]}`
    await put(join(house, path, 'package.json'), manifest(name, entry))
    await put(join(house, path, entry), 'export {}\n')
    await mkdir(join(house, 'node_modules/@orrery'), { recursive: true })
    await symlink(join(house, path), join(house, 'node_modules', name))
  }
  for (const name of libraries) {
    await put(join(house, 'node_modules', name, 'package.json'), manifest(name, 'index.js'))
    await put(join(house, 'node_modules', name, 'index.js'), 'export {}\n')
  }
  const sources = new Map<string, string>()
  for (const { to } of imports) if (/^(apps|services|packages)\//.test(to)) sources.set(to, 'export type Thing = string\n')
  for (const { from, imports: target } of imports) {
    sources.set(
      from,
      `${sources.get(from) ?? 'export type Thing = string\n'}import * as planted${sources.size} from '${target}'\nvoid planted${sources.size}\n`,
    )
  }
  await Promise.all([...sources].map(([path, text]) => put(join(house, path), text)))
  return house
}

async function inspect(house: string): Promise<Violation[]> {
  const run = promisify(execFile)(
    process.execPath,
    [cruiser, '--config', config, '--output-type', 'json', 'apps', 'packages', 'services'],
    {
      cwd: house,
      maxBuffer: 1 << 26,
    },
  )
  const { stdout } = await run.catch((error: { stdout: string }) => error)
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations
}

const sentence = (rule: string, from: string, to: string) => `${rule}: ${from} -> ${to}`

it('reports each planted violation under the name of its fence', async () => {
  const house = await buildHouse(plants)
  const found = (await inspect(house)).map(({ rule, from, to }) => sentence(rule.name, from, to))
  await rm(house, { recursive: true })
  const unseen = plants.map(({ rule, from, to }) => sentence(rule, from, to)).filter((planted) => !found.includes(planted))
  expect(unseen).toEqual([])
}, 60_000)

it('lets the imports pass that the house is built on', async () => {
  const house = await buildHouse(allowed)
  const found = await inspect(house)
  await rm(house, { recursive: true })
  expect(found).toEqual([])
}, 60_000)

it('has a planted violation for every fence', async () => {
  const { default: fences } = (await import(config)) as { default: { forbidden: Fence[] } }
  expect([...new Set(plants.map(({ rule }) => rule))].sort()).toEqual(fences.forbidden.map(({ name }) => name).sort())
})
