import { once } from 'node:events'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { readAllowList } from '@orrery/core'
import type { LeasedStep } from '@orrery/shared-types'
import { startStore } from '../../../test/store.ts'
import { http } from './http.ts'
import { createKeepFile } from './keep-file.ts'

const none = readAllowList('')
const stepOf = (input: object): LeasedStep => ({
  stepId: 'stp_01h455vb4pex5vsknk084s0001',
  runId: 'run_01h455vb4pex5vsknk084s0000',
  projectId: 'prj_01h455vb4pex5vsknk084s0000',
  key: 'call',
  itemIndex: null,
  uses: 'http',
  attempt: 1,
  input,
  timeoutMs: 5000,
  leaseMs: 30_000,
})
const io = () => ({ signal: AbortSignal.timeout(5000), log: () => {} })

async function serve(answer: (path: string) => { status: number; headers?: Record<string, string>; body?: string }) {
  const calls: { path: string; key: string | undefined; attempt: string | undefined }[] = []
  const server = createServer((request, response) => {
    const header = (name: string) => request.headers[name]?.toString()
    calls.push({ path: request.url ?? '', key: header('idempotency-key'), attempt: header('orrery-attempt') })
    const { status, headers, body } = answer(request.url ?? '')
    response.writeHead(status, headers).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    calls,
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const files = { keepFile: createKeepFile(startStore().store), workDir: tmpdir(), maxBytes: 1000 }

describe('where an http step may go', () => {
  it('not to an address inside, and says so as a failed step', async () => {
    await expect(http(none, files)(stepOf({ url: 'http://[::ffff:169.254.169.254]/latest' }), io())).rejects.toMatchObject({
      name: 'StepFailure',
      code: 'blocked_destination',
      retryable: false,
    })
  })

  it('not to a name that leads inside, before any connection is made', async () => {
    await using server = await serve(() => ({ status: 200 }))
    await expect(http(none, files)(stepOf({ url: `http://localhost:${server.port}/` }), io())).rejects.toMatchObject({
      code: 'blocked_destination',
      retryable: false,
    })
    expect(server.calls).toEqual([])
  })

  it('not where a redirect leads, when that is not allowed', async () => {
    await using inside = await serve(() => ({ status: 200 }))
    await using server = await serve(() => ({ status: 302, headers: { location: `http://127.0.0.1:${inside.port}/secret` } }))
    const allow = readAllowList(`127.0.0.1:${server.port}`)
    await expect(http(allow, files)(stepOf({ url: `http://127.0.0.1:${server.port}/` }), io())).rejects.toMatchObject({
      code: 'blocked_destination',
    })
    expect([server.calls.length, inside.calls.length]).toEqual([1, 0])
  })

  it('to what the allow list names, with a key that stays the same for what changes something', async () => {
    await using server = await serve(() => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' }))
    const step = stepOf({ url: `http://127.0.0.1:${server.port}/x`, method: 'POST', query: { a: 1 }, body: { b: 2 } })
    const output = await http(readAllowList(`127.0.0.1:${server.port}`), files)(step, io())
    expect(output).toMatchObject({ status: 200, body: { ok: true } })
    expect(server.calls).toEqual([{ path: '/x?a=1', key: step.stepId, attempt: '1' }])
  })

  it('a status of 400 or more fails unless it is expected, and says whether another try may help', async () => {
    await using server = await serve((path) => ({ status: Number(path.slice(1)) }))
    const call = http(readAllowList(`127.0.0.1:${server.port}`), files)
    const url = (status: number) => `http://127.0.0.1:${server.port}/${status}`
    await expect(call(stepOf({ url: url(404) }), io())).rejects.toMatchObject({ code: 'http_404', retryable: false })
    await expect(call(stepOf({ url: url(503) }), io())).rejects.toMatchObject({ code: 'http_503', retryable: true })
    expect(await call(stepOf({ url: url(404), expect: [200, 404] }), io())).toMatchObject({ status: 404 })
  })

  it('an answer that is too large fails, and does not fill the memory', async () => {
    await using server = await serve(() => ({ status: 200, body: 'x'.repeat(2 * 1024 * 1024) }))
    const call = http(readAllowList(`127.0.0.1:${server.port}`), files)
    await expect(call(stepOf({ url: `http://127.0.0.1:${server.port}/` }), io())).rejects.toMatchObject({ code: 'response_too_large' })
  })
})
