import type { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  NoSuchKey,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { ObjectStore } from './object-store.ts'

export type S3Options = {
  endpoint: string
  bucket: string
  region: string
  /** http://host/bucket/key rather than http://bucket.host/key. */
  pathStyle: boolean
  /** Those of the machine unless given. */
  credentials?: { accessKeyId: string; secretAccessKey: string }
}

// the least that S3 takes as a part: what an upload holds in memory is a few of them
const partBytes = 5 * 1024 * 1024
const partsAtOnce = 2
const removedAtOnce = 1000

/** Objects in a bucket of anything that speaks S3. The bucket has to be there. */
export function openS3Store({ endpoint, bucket: Bucket, region, pathStyle, credentials }: S3Options): ObjectStore {
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: pathStyle,
    ...(credentials && { credentials }),
    // servers other than Amazon's often refuse the checksums that newer clients send by themselves
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3000, socketTimeout: 60_000 },
  })
  return {
    put: (key, body, signal) => putInParts(client, { Bucket, Key: key, Body: body }, signal),
    async get(key, range) {
      try {
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket, Key: key, ...(range && { Range: `bytes=${range.from}-${range.to}` }) }),
        )
        return toReadable(Body)
      } catch (error) {
        if (error instanceof NoSuchKey || (error as { name?: unknown }).name === 'NoSuchKey') return null
        throw error
      }
    },
    async remove(keys) {
      for (let at = 0; at < keys.length; at += removedAtOnce) {
        const Objects = keys.slice(at, at + removedAtOnce).map((Key) => ({ Key }))
        const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
        const [first] = Errors.filter((each) => each.Code !== 'NoSuchKey')
        if (first) throw new Error(`The object store kept ${Errors.length} objects: ${first.Code} ${first.Message}`)
      }
    },
    async *list(prefix) {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix }))
        yield Contents.flatMap(({ Key, LastModified }) => (Key && LastModified ? [{ key: Key, modifiedAt: LastModified }] : []))
    },
    async clearUnfinished(begunBefore) {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
      for (const { Key, UploadId, Initiated } of Uploads)
        if (Initiated && Initiated < begunBefore) await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
    },
    close: async () => client.destroy(),
  }
}

async function putInParts(client: S3Client, params: { Bucket: string; Key: string; Body: Readable }, signal?: AbortSignal): Promise<void> {
  const body = params.Body
  const upload = new Upload({ client, params, partSize: partBytes, queueSize: partsAtOnce, leavePartsOnError: false })
  const end = () => void body.destroy(signal?.reason as Error)
  signal?.addEventListener('abort', end, { once: true })
  try {
    signal?.throwIfAborted()
    await upload.done()
  } catch (error) {
    const broke = body.errored
    body.destroy()
    // what the server says about clearing up must not hide why there was something to clear
    throw broke ?? error
  } finally {
    signal?.removeEventListener('abort', end)
  }
}

/** In Node a body is a Readable; the SDK's type also covers browsers. */
const toReadable = (body: unknown): Readable => body as Readable
