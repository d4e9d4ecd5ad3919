import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { ArtifactName } from '@orrery/shared-types'
import { Value } from '@sinclair/typebox/value'
import type { StepIo } from './executor.ts'
import { fitsGlob } from './glob.policy.ts'
import type { ArtifactOutput, FileToKeep } from './keep-file.ts'
import { StepFailure } from './step-failure.ts'

const maxEntries = 20_000
const maxDepth = 32

export type Collected = { names: string[]; unmatched: string[] }

/** Names of the plain files below a folder that fit one of the patterns, in order. Links are not followed, and are no files. */
export async function collectFiles(folder: string, patterns: readonly string[]): Promise<Collected> {
  const names: string[] = []
  const matched = new Set<string>()
  let entries = 0
  async function walk(below: string, depth: number): Promise<void> {
    for await (const entry of await opendir(join(folder, below))) {
      entries += 1
      if (entries > maxEntries) throw new StepFailure('too_many_files', `The folder of the step holds more than ${maxEntries} files`)
      const name = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory() && depth < maxDepth) await walk(name, depth + 1)
      if (!entry.isFile()) continue
      const fitting = patterns.filter((pattern) => fitsGlob(pattern, name))
      for (const pattern of fitting) matched.add(pattern)
      if (fitting.length === 0) continue
      if (!Value.Check(ArtifactName, name))
        throw new StepFailure('artifact_name_invalid', `A file can't be kept by its name: ${JSON.stringify(name)}`)
      names.push(name)
    }
  }
  await walk('', 0)
  return { names: names.sort(), unmatched: patterns.filter((pattern) => !matched.has(pattern)) }
}

/** Keeps the files that fit, one after another, and says so in the log. */
export async function keepFiles(
  folder: string,
  patterns: readonly string[],
  io: StepIo,
  keep: (file: FileToKeep) => Promise<ArtifactOutput>,
): Promise<ArtifactOutput[]> {
  const { names, unmatched } = await collectFiles(folder, patterns)
  for (const pattern of unmatched) io.log('system', `No file fits ${pattern}`)
  const kept: ArtifactOutput[] = []
  for (const name of names) {
    const artifact = await keep({ folder, path: join(folder, name), name })
    io.log('system', `Kept ${name}, ${artifact.size} bytes`)
    kept.push(artifact)
  }
  return kept
}
