import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { ArtifactName, type LeasedStep } from '@orrery/shared-types'
import { Value } from '@sinclair/typebox/value'
import type { ArtifactOutput, KeepFile } from './keep-file.ts'
import { StepFailure } from './step-failure.ts'

export type SaveOptions = { keepFile: KeepFile; workDir: string; maxBytes: number }
type Body = { step: LeasedStep; name: string; signal: AbortSignal; body: unknown }

/** The name in `with.save`; undefined without one. */
export function readSave(name: unknown): string | undefined {
  if (name === undefined || name === null) return undefined
  if (!Value.Check(ArtifactName, name)) throw new StepFailure('input_invalid', `with.save is no name of a file: ${JSON.stringify(name)}`)
  return name
}

/** Keeps the body of an answer as an artifact. It goes by a file, so that its hash is known before it is sent, and it can be sent again. */
export async function save({ step, name, signal, body }: Body, { keepFile, workDir, maxBytes }: SaveOptions): Promise<ArtifactOutput> {
  const folder = join(workDir, `${step.stepId}-${step.attempt}`)
  const path = join(folder, 'body')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    await pipeline(toReadable(body), atMost(maxBytes), createWriteStream(path, { mode: 0o600 }), { signal })
    return await keepFile(step, { folder, path, name }, signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The body of undici's fetch is a web stream of Node's own; the types come from elsewhere. */
const toReadable = (body: unknown): Readable => (body ? Readable.fromWeb(body as ReadableStream) : Readable.from([]))

function atMost(maxBytes: number) {
  return async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0
    for await (const chunk of source) {
      bytes += chunk.byteLength
      if (bytes > maxBytes)
        throw new StepFailure('artifact_too_large', `The answer is larger than ${maxBytes} bytes, the most that is saved`)
      yield chunk
    }
  }
}
