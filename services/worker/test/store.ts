import { newId } from '@orrery/core'
import type { ArtifactUpload } from '@orrery/shared-types'
import type { StoreArtifact } from '../src/modules/executors/index.ts'

/** Stands for the scheduler: keeps what it is given, and may fail first. */
export function startStore(failures: Error[] = []) {
  const kept = new Map<string, string>()
  const uploads: ArtifactUpload[] = []
  const store: StoreArtifact = async (upload, body) => {
    uploads.push(upload)
    const failure = failures.shift()
    if (failure) throw failure
    const data = Buffer.concat(await body.toArray())
    kept.set(upload.name, data.toString())
    return { id: newId('artifact'), name: upload.name, sizeBytes: data.length, sha256: upload.sha256 }
  }
  return { store, kept, uploads }
}
