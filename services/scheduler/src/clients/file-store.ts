import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ObjectStore, StoredObject } from './object-store.ts'

// letters, digits and hyphens in parts: nothing that a file system reads as anything but a name
const safeKey = /^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/
const pageSize = 500

/** Objects as plain files. Several processes may share the folder. */
export function openFileStore(dataDir: string): ObjectStore {
  const objects = join(dataDir, 'objects')
  const incoming = join(dataDir, 'incoming')
  const pathOf = (key: string) => {
    if (!safeKey.test(key)) throw new Error(`No key of an object: ${JSON.stringify(key)}`)
    return join(objects, ...key.split('/'))
  }
  return {
    async put(key, body, signal) {
      const path = pathOf(key)
      const aside = join(incoming, randomUUID())
      try {
        await mkdir(incoming, { recursive: true, mode: 0o700 })
        await pipeline(body, createWriteStream(aside, { flags: 'wx', mode: 0o600, flush: true }), { signal })
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        await rename(aside, path)
        await syncFolder(dirname(path))
      } catch (error) {
        body.destroy()
        await rm(aside, { force: true })
        throw error
      }
    },
    async get(key, range) {
      const file = await open(pathOf(key), 'r').catch(nullIfMissing)
      return file && read(file, range)
    },
    async remove(keys) {
      for (const key of keys) await rm(pathOf(key), { force: true })
    },
    async *list(prefix) {
      let page: StoredObject[] = []
      for await (const path of filesIn(objects)) {
        const key = relative(objects, path).split(sep).join('/')
        const found = key.startsWith(prefix) ? await stat(path).catch(nullIfMissing) : null
        if (found) page.push({ key, modifiedAt: found.mtime })
        if (page.length < pageSize) continue
        yield page
        page = []
      }
      if (page.length > 0) yield page
    },
    async clearUnfinished(begunBefore) {
      for await (const path of filesIn(incoming)) {
        const found = await stat(path).catch(nullIfMissing)
        if (found && found.mtime < begunBefore) await rm(path, { force: true })
      }
    },
    close: async () => undefined,
  }
}

function read(file: FileHandle, range: { from: number; to: number } | undefined): Readable {
  return file.createReadStream(range && { start: range.from, end: range.to })
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder).catch(nullIfMissing)
  if (!entries) return
  for await (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesIn(path)
    else if (entry.isFile()) yield path
  }
}

/** Makes a rename outlast a power cut. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function nullIfMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
  throw error
}
