import { mkdir, writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chain, flood } from './engine.ts'
import { openInstallation } from './installation.ts'

type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[]
  samples?: number[]
  timeDeltas?: number[]
}

/** Where the time of this process goes while the engine is flooded: its profile as a file for a flame graph, and the shares by part. */
export async function benchFlame(runs: number) {
  const it = await openInstallation()
  try {
    await flood(it, 'warmup', chain, 2000, 5)
    const session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 500 })
    await session.post('Profiler.start')
    const figures = await flood(it, 'flame', chain, runs, 5)
    const { profile } = (await session.post('Profiler.stop')) as { profile: Profile }
    session.disconnect()
    const folder = join(tmpdir(), 'orrery-flame')
    await mkdir(folder, { recursive: true })
    const file = join(folder, 'engine.cpuprofile')
    await writeFile(file, JSON.stringify(profile))
    console.log(`for a flame graph open ${file} in the Performance panel of Chromium`)
    return { ...figures, shares: sharesOf(profile) }
  } finally {
    await it.close()
  }
}

/** Percent of the time that this process was busy, by package or by folder of ours, the largest first. */
function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profile): Record<string, number> {
  const partOf = new Map(nodes.map((node) => [node.id, part(node.callFrame)]))
  const sums = new Map<string, number>()
  samples.forEach((id, i) => {
    const name = partOf.get(id) ?? ''
    if (name !== '(idle)') sums.set(name, (sums.get(name) ?? 0) + (timeDeltas[i] ?? 0))
  })
  const busy = [...sums.values()].reduce((a, b) => a + b, 0)
  const percents = [...sums].map(([name, us]) => [name, (us / busy) * 100] as const)
  return Object.fromEntries(percents.filter(([, percent]) => percent >= 0.5).sort((a, b) => b[1] - a[1]))
}

function part({ functionName, url }: Profile['nodes'][number]['callFrame']): string {
  const packaged = /node_modules\/\.pnpm\/[^/]+\/node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(url)?.[1]
  if (packaged) return packaged
  if (url.startsWith('node:') || url === '') return functionName.startsWith('(') ? functionName : 'node'
  return /((?:services|packages|bench)\/.*)\/[^/]+$/.exec(url)?.[1] ?? url
}
