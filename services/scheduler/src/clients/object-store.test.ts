import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3'
import { startS3 } from '../../test/s3.ts'
import { openFileStore } from './file-store.ts'
import type { ObjectStore } from './object-store.ts'
import { openS3Store } from './s3-store.ts'

type Opened = {
  store: ObjectStore
  /** Every file that the store has on its disk. */
  left: () => Promise<string[]>
  /** Begins a put as a process would that dies in the middle of it. */
  abandon: () => Promise<unknown>
  [Symbol.asyncDispose]: () => Promise<void>
}

async function files(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-objects-'))
  const left = async () =>
    (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile()).map((each) => each.name)
  const abandon = async () => {
    await mkdir(join(folder, 'incoming'), { recursive: true })
    await writeFile(join(folder, 'incoming', 'half'), 'half')
  }
  return { store: openFileStore(folder), left, abandon, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

async function s3(): Promise<Opened> {
  const server = await startS3()
  const store = openS3Store(server.options)
  const { endpoint, region, credentials } = server.options
  const client = new S3Client({ endpoint, region, forcePathStyle: true, ...(credentials && { credentials }) })
  return {
    store,
    left: server.files,
    abandon: () => client.send(new CreateMultipartUploadCommand({ Bucket: server.options.bucket, Key: 'a/half' })),
    async [Symbol.asyncDispose]() {
      client.destroy()
      await store.close()
      await server.close()
    },
  }
}

const bytes = async (body: Readable | null) => body && Buffer.concat(await body.toArray())
const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex')
const keysOf = async (store: ObjectStore, prefix: string) => {
  const keys: string[] = []
  for await (const page of store.list(prefix)) keys.push(...page.map((each) => each.key))
  return keys.sort()
}
const mega = 1024 * 1024

/** Gives so many bytes, then breaks off. */
function broken(size: number): Readable {
  return Readable.from(
    (async function* () {
      for (let given = 0; given < size; given += mega) yield Buffer.alloc(Math.min(mega, size - given), 1)
      throw new Error('cut')
    })(),
  )
}

describe.each([
  ['plain files', files],
  ['S3', s3],
])('an object store of %s', (_name, open) => {
  it('gives back what was put, whole and in part', async () => {
    await using o = await open()
    await o.store.put('a/one', Readable.from([Buffer.from('hello '), Buffer.from('world')]))
    expect(String(await bytes(await o.store.get('a/one')))).toBe('hello world')
    expect(String(await bytes(await o.store.get('a/one', { from: 6, to: 8 })))).toBe('wor')
  })

  it('keeps an object without a byte, and puts a new one in the place of an old one', async () => {
    await using o = await open()
    await o.store.put('a/one', Readable.from([]))
    expect(await bytes(await o.store.get('a/one'))).toHaveLength(0)
    await o.store.put('a/one', Readable.from([Buffer.from('new')]))
    expect(String(await bytes(await o.store.get('a/one')))).toBe('new')
  })

  it('takes a large object in parts and gives the same bytes', async () => {
    await using o = await open()
    const data = randomBytes(20 * mega)
    await o.store.put('a/large', Readable.from(data.length ? [data.subarray(0, 7 * mega), data.subarray(7 * mega)] : []))
    const got = await bytes(await o.store.get('a/large'))
    expect(got && hash(got)).toBe(hash(data))
  })

  it('null for a key that leads nowhere, and no word of it when that is removed', async () => {
    await using o = await open()
    expect(await o.store.get('a/none')).toBeNull()
    await o.store.remove(['a/none'])
  })

  it.each([0, 1, 20])('leaves nothing of a body that breaks off after %d MB', async (size) => {
    await using o = await open()
    await expect(o.store.put('a/cut', broken(size * mega))).rejects.toThrow('cut')
    expect(await o.store.get('a/cut')).toBeNull()
    expect(await o.left()).toEqual([])
  })

  it('leaves nothing of a put that was called off', async () => {
    await using o = await open()
    const abort = new AbortController()
    const body = new Readable({ read() {} })
    body.push(Buffer.alloc(9 * mega))
    const put = o.store.put('a/off', body, abort.signal)
    setImmediate(() => abort.abort(new Error('called off')))
    await expect(put).rejects.toThrow()
    expect(body.destroyed).toBe(true)
    expect(await o.store.get('a/off')).toBeNull()
    expect(await o.left()).toEqual([])
  })

  it('lists what begins as asked, and removes just what it is told to', async () => {
    await using o = await open()
    for (const key of ['a/1', 'a/2', 'a/3', 'b/1']) await o.store.put(key, Readable.from([Buffer.from(key)]))
    expect(await keysOf(o.store, 'a/')).toEqual(['a/1', 'a/2', 'a/3'])
    await o.store.remove(['a/1', 'a/3'])
    expect([await keysOf(o.store, 'a/'), await keysOf(o.store, 'b/'), await keysOf(o.store, 'c/')]).toEqual([['a/2'], ['b/1'], []])
  })

  it('clears away what nobody finished, and nothing else', async () => {
    await using o = await open()
    await o.store.put('a/1', Readable.from([Buffer.from('kept')]))
    await o.abandon()
    const kept = (await o.left()).length
    await o.store.clearUnfinished(new Date(Date.now() - 60_000))
    expect(await o.left()).toHaveLength(kept)
    await o.store.clearUnfinished(new Date(Date.now() + 60_000))
    expect((await o.left()).length).toBeLessThan(kept)
    expect(String(await bytes(await o.store.get('a/1')))).toBe('kept')
  })
})

describe('plain files', () => {
  it.each(['../out', 'a/../../out', '/etc/passwd', 'a//b', 'a/.hidden', '', 'a\\b', 'A'])('refuse the key %j', async (key) => {
    await using o = await files()
    await expect(o.store.put(key, Readable.from([]))).rejects.toThrow('No key of an object')
    await expect(o.store.get(key)).rejects.toThrow('No key of an object')
  })

  it('lists more than a page of objects', async () => {
    await using o = await files()
    await Promise.all(Array.from({ length: 600 }, (_, i) => o.store.put(`a/${i}`, Readable.from([]))))
    expect(await keysOf(o.store, 'a/')).toHaveLength(600)
  })
})
