import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { dirname, sep } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@orrery/core'
import type { ArtifactUpload, LeasedStep, StoredArtifact } from '@orrery/shared-types'
import { StepFailure } from './step-failure.ts'

/** Hands a file to the scheduler, or refuses by an AppError. Any other error may pass. */
export type StoreArtifact = (upload: ArtifactUpload, body: Readable) => Promise<StoredArtifact>
/** A file below the folder of a step, and what it is to be called. */
export type FileToKeep = { folder: string; path: string; name: string }
/** An artifact as a step puts it out. */
export type ArtifactOutput = { id: StoredArtifact['id']; name: string; size: number; sha256: string }
export type KeepFile = (step: LeasedStep, file: FileToKeep, signal: AbortSignal) => Promise<ArtifactOutput>

const pausesMs = [200, 1000, 3000]

/** Keeps a file as an artifact of the step. It is read twice: its hash is said before it is sent, and it may have to be sent again. */
export const createKeepFile =
  (store: StoreArtifact): KeepFile =>
  async (step, file, signal) => {
    const handle = await openInside(file)
    try {
      const { sizeBytes, sha256 } = await measure(handle)
      const upload = { stepId: step.stepId, attempt: step.attempt, name: file.name, sizeBytes, sha256 }
      const once = async () => {
        const body = Readable.from(chunksOf(handle), { objectMode: false })
        // a refusal may come before all of it was read
        return store(upload, body).finally(() => body.destroy())
      }
      const { id } = await send(once, file.name, signal)
      return { id, name: file.name, size: sizeBytes, sha256 }
    } finally {
      await handle.close()
    }
  }

/** Opens a plain file that really lies in the folder: no link leads out, and none stands at its end. */
async function openInside({ folder, path, name }: FileToKeep): Promise<FileHandle> {
  const refused = () => new StepFailure('artifact_refused', `${name} is no plain file in the folder of the step`)
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => {
    throw refused()
  })
  try {
    const [inside, whole, found] = await Promise.all([realpath(folder), realpath(dirname(path)), handle.stat()])
    if (!found.isFile() || (whole !== inside && !whole.startsWith(inside + sep))) throw refused()
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function measure(handle: FileHandle): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of chunksOf(handle)) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

const chunkBytes = 64 * 1024

/** From the beginning, however often. A stream of the handle's own would close it when it is broken off. */
async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    position += bytesRead
  }
}

/** Tries again what may pass: a scheduler that restarts, a store that is away for a moment. */
async function send(once: () => Promise<StoredArtifact>, name: string, signal: AbortSignal): Promise<StoredArtifact> {
  for (let tries = 0; ; tries++) {
    try {
      return await once()
    } catch (error) {
      if (error instanceof AppError && error.kind !== 'unavailable')
        throw new StepFailure(error.code, `${name} was not kept: ${error.message}`, error.code === 'artifact_not_as_said')
      const pauseMs = pausesMs[tries]
      if (pauseMs === undefined)
        throw new StepFailure('artifact_not_stored', `${name} could not be stored: ${(error as Error).message}`, true)
      await pause(pauseMs, undefined, { signal })
    }
  }
}
