import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from 's3rver'
import type { S3Options } from '../src/clients/s3-store.ts'

const bucket = 'orrery'

/** A real S3 server on a free port, with a bucket. */
export async function startS3() {
  const directory = await mkdtemp(join(tmpdir(), 'orrery-s3-'))
  const server = new S3rver({ port: 0, address: '127.0.0.1', directory, silent: true, configureBuckets: [{ name: bucket, configs: [] }] })
  addUploads(server, join(directory, bucket, '._S3rver_uploads'))
  const { port } = (await server.run()) as AddressInfo
  const options: S3Options = {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    region: 'us-east-1',
    pathStyle: true,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  }
  return {
    options,
    /** What lies in its folder: objects, and parts of those that aren't finished. */
    files: async () =>
      (await readdir(directory, { recursive: true, withFileTypes: true }))
        .filter((each) => each.isFile())
        .map((each) => join(each.parentPath, each.name).slice(directory.length + 1)),
    async close() {
      await server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

type Context = { method: string; path: string; query: Record<string, unknown>; status: number; type: string; body: unknown }
type Middleware = (ctx: Context, next: () => Promise<unknown>) => Promise<unknown>

/** What this server lacks: AbortMultipartUpload and ListMultipartUploads, over the parts that it keeps in its folder. */
function addUploads(server: unknown, folder: string): void {
  const answer: Middleware = async (ctx, next) => {
    const { uploadId } = ctx.query
    if (ctx.method === 'DELETE' && typeof uploadId === 'string') {
      await rm(join(folder, uploadId), { recursive: true })
      ctx.status = 204
    } else if (ctx.method === 'GET' && 'uploads' in ctx.query) {
      const ids = await readdir(folder).catch(() => [])
      const uploads = await Promise.all(
        ids.map(async (id) => {
          const key = await readFile(join(folder, id, 'key'), 'utf8')
          const at = (await stat(join(folder, id, 'key'))).mtime.toISOString()
          return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${at}</Initiated></Upload>`
        }),
      )
      ctx.type = 'application/xml'
      ctx.body = `<ListMultipartUploadsResult>${uploads.join('')}</ListMultipartUploadsResult>`
    } else await next()
  }
  ;(server as { middleware: Middleware[] }).middleware.unshift(answer)
}
