import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { eventually } from '@orrery/testing'
import { sha256, startWithArtifacts } from '../../../test/artifacts.ts'
import { startS3 } from '../../../test/s3.ts'
import { workerKey } from '../../../test/start-scheduler.ts'

const nothing = async (s: Awaited<ReturnType<typeof startWithArtifacts>>) => expect([await s.rows(), await s.objects()]).toEqual([[], []])

describe('a worker that stores a file', () => {
  it('201 keeps bytes and row, and announces it', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const answer = await s.put(step, 'report/index.html', '<b>hi</b>')
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      { id: expect.stringMatching(/^art_/), name: 'report/index.html', sizeBytes: 9, sha256: sha256('<b>hi</b>') },
    ])
    expect(await s.it.published('artifact.created')).toEqual([
      { runId: step.runId, stepId: step.stepId, name: 'report/index.html', contentType: 'text/html; charset=utf-8', sizeBytes: 9 },
    ])
    expect([(await s.rows()).length, (await s.objects()).length]).toEqual([1, 1])
  })

  it('keeps it in S3 all the same, and gives it back', async () => {
    const server = await startS3()
    const { endpoint, bucket, credentials } = server.options
    const keys = { S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? '', S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? '' }
    await using s = await startWithArtifacts({ S3_ENDPOINT: endpoint, S3_BUCKET: bucket, ...keys })
    s.it.use(server)
    const data = randomBytes(100_000)
    const { id } = await s.keep(await s.lease(), 'a.bin', data)
    expect((await s.as.get(`/api/v1/artifacts/${id}/content`)).rawPayload.equals(data)).toBe(true)
    expect(await s.objects()).toEqual([])
    await s.as.delete(`/api/v1/artifacts/${id}`)
    expect((await server.files()).filter((each) => each.includes('artifacts'))).toEqual([])
  })

  it('hears the same again when it sends the same again, and 409 for other bytes by that name', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const first = await s.keep(step, 'a.txt', 'one')
    expect(await s.keep(step, 'a.txt', 'one')).toEqual(first)
    const other = await s.put(step, 'a.txt', 'two')
    expect([other.statusCode, other.json().code]).toEqual([409, 'artifact_exists'])
    const racing = await Promise.all(Array.from({ length: 4 }, () => s.keep(step, 'b.txt', 'same')))
    expect(new Set(racing.map((each) => each.id)).size).toBe(1)
    expect([(await s.rows()).length, (await s.objects()).length]).toEqual([2, 2])
  })

  it('422 refuses bytes that are not what was announced, and keeps nothing', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const answer = await s.put(step, 'a.txt', 'hello', { 'x-artifact-sha256': sha256('other') })
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'artifact_not_as_said'])
    await nothing(s)
    const upload = { stepId: step.stepId, attempt: 1, name: 'a.txt', sizeBytes: 4, sha256: sha256('hello') }
    await expect(s.storeArtifact(upload, Readable.from([Buffer.from('hello')]))).rejects.toMatchObject({ code: 'artifact_not_as_said' })
    await expect(s.storeArtifact({ ...upload, sizeBytes: 6 }, Readable.from([Buffer.from('hello')]))).rejects.toMatchObject({
      code: 'artifact_not_as_said',
    })
    await nothing(s)
  })

  it.each(['../a.txt', 'a/../../b', '/etc/passwd', '.', 'a/./b', 'a//b', 'a/', 'a\\b', 'a\nb', '', 'x'.repeat(256)])(
    '422 refuses the name %j',
    async (name) => {
      await using s = await startWithArtifacts()
      const answer = await s.put(await s.lease(), name, 'x')
      expect(answer.statusCode).toBe(422)
      await nothing(s)
    },
  )

  it('401 without the key of a worker', async () => {
    await using s = await startWithArtifacts()
    const answer = await s.put(await s.lease(), 'a.txt', 'x', { authorization: `Bearer ${s.owner.token}` })
    expect(answer.statusCode).toBe(401)
    await nothing(s)
  })

  it('422 for one that is too large, 409 beyond what a run may have, each counted by itself', async () => {
    const limits = { ORRERY_ARTIFACT_MAX_BYTES: '10', ORRERY_RUN_ARTIFACTS_MAX_BYTES: '15', ORRERY_RUN_ARTIFACTS_MAX: '3' }
    await using s = await startWithArtifacts(limits)
    const step = await s.lease()
    const code = async (name: string, size: number) => (await s.put(step, name, 'x'.repeat(size))).json().code
    expect(await code('large', 11)).toBe('artifact_too_large')
    await s.keep(step, 'a', 'x'.repeat(10))
    expect(await code('b', 6)).toBe('run_artifacts_full')
    await s.keep(step, 'c', 'x')
    // of several at the same time no more than there is room for
    const answers = await Promise.all(['d', 'e', 'f'].map((name) => s.put(step, name, 'x')))
    expect(answers.map((each) => each.statusCode).sort()).toEqual([201, 409, 409])
    expect([(await s.rows()).length, (await s.objects()).length]).toEqual([3, 3])
    await s.finish(step)
    await s.keep(await s.lease(), 'a', 'x')
  })

  it('503 where the object store is away, and the next try is kept', async () => {
    await using s = await startWithArtifacts({ S3_ENDPOINT: 'http://127.0.0.1:1', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' })
    const answer = await s.put(await s.lease(), 'a.txt', 'x')
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'object_store_unavailable'])
    expect(await s.rows()).toEqual([])
  })
})

describe('an attempt without its lease', () => {
  it('409 stores nothing once it has ended, or of another number, or of a step that is none', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const refused = async (ref: { stepId: string; attempt: number }) => (await s.put(ref, 'a.txt', 'x')).json().code
    expect(await refused({ ...step, attempt: 2 })).toBe('lease_lost')
    expect(await refused({ ...step, stepId: `${step.stepId.slice(0, -1)}9` })).toBe('lease_lost')
    await s.finish(step)
    expect(await refused(step)).toBe('lease_lost')
    await nothing(s)
  })

  it('409 stores nothing when the lease goes while the bytes come, and its object goes again', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const body = new Readable({ read() {} })
    const upload = { stepId: step.stepId, attempt: step.attempt, name: 'a.txt', sizeBytes: 10, sha256: sha256('helloworld') }
    const storing = s.storeArtifact(upload, body)
    body.push('hello')
    await eventually('half of the bytes', async () => (await s.objects()).length === 1)
    await s.finish(step)
    body.push('world')
    body.push(null)
    await expect(storing).rejects.toMatchObject({ code: 'lease_lost' })
    await nothing(s)
    expect(await s.it.published('artifact.created')).toEqual([])
  })
})

describe('over HTTP', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  /** Bytes of buffers that somebody still holds. */
  const held = () => {
    collect()
    // buffers are freed beside the program: the second time waits for what the first one began
    collect()
    return process.memoryUsage().arrayBuffers
  }

  async function send(s: Awaited<ReturnType<typeof startWithArtifacts>>, stepId: string, headers: Record<string, string | number>) {
    if (!s.app.server.listening) await s.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = s.app.server.address() as AddressInfo
    return request({
      host: '127.0.0.1',
      port,
      method: 'PUT',
      path: `/internal/artifacts/${stepId}/1?name=large.bin`,
      headers: { authorization: `Bearer ${workerKey}`, 'content-type': 'application/octet-stream', connection: 'close', ...headers },
    })
  }

  it('an upload that is cut leaves neither row nor object', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const call = await send(s, step.stepId, { 'content-length': 10_000_000, 'x-artifact-sha256': sha256('') })
    call.on('error', () => undefined)
    call.write(Buffer.alloc(5_000_000))
    await eventually('half of the bytes', async () => (await s.objects()).length === 1)
    call.destroy()
    await eventually('nothing left', async () => (await s.objects()).length === 0)
    await nothing(s)
  })

  it('50 MB pass through, there and back, with the memory flat', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const piece = randomBytes(1024 * 1024)
    const size = 50 * piece.length
    const whole = createHash('sha256')
    for (let i = 0; i < 50; i++) whole.update(piece)
    const hash = whole.digest('hex')
    const before = held()
    let most = 0
    const look = () => {
      most = Math.max(most, held() - before)
    }
    const call = await send(s, step.stepId, { 'content-length': size, 'x-artifact-sha256': hash })
    const answered = new Promise<number>((resolve, reject) => {
      call.on('response', (response) => resolve(response.resume().statusCode ?? 0))
      call.on('error', reject)
    })
    Readable.from(
      (function* () {
        for (let i = 0; i < 50; i++) {
          if (i % 20 === 19) look()
          yield piece
        }
      })(),
    ).pipe(call)
    expect(await answered).toBe(201)
    const [row] = await s.rows()
    const { port } = s.app.server.address() as AddressInfo
    const { items } = (await s.as.get(`/api/v1/runs/${step.runId}/artifacts`)).json()
    expect([row?.name, items[0].sizeBytes]).toEqual(['large.bin', size])
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/artifacts/${items[0].id}/content`, {
      headers: { authorization: `Bearer ${s.owner.token}`, connection: 'close' },
    })
    let got = 0
    for await (const chunk of response.body ?? []) {
      if (Math.floor(got / 20e6) < Math.floor((got + chunk.length) / 20e6)) look()
      got += chunk.length
    }
    expect(got).toBe(size)
    expect(most).toBeLessThan(size / 2)
    console.log(`50 MB there and back: at most ${(most / 1024 / 1024).toFixed(1)} MB of buffers held beyond those before`)
  })
})
