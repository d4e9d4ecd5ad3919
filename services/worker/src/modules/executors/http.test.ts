import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { readAllowList } from '@orrery/core'
import type { LeasedStep } from '@orrery/shared-types'
import { startStore } from '../../../test/store.ts'
import { http } from './http.ts'
import { createKeepFile } from './keep-file.ts'
import type { StepFailure } from './step-failure.ts'

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

const redirectTo = (port: number, status: number) => ({ status, headers: { location: `http://127.0.0.1:${port}/target` } })
const allowed = (...ports: number[]) => readAllowList(ports.map((port) => `127.0.0.1:${port}`).join(','))

type Answer = { status: number; headers?: Record<string, string | string[]>; body?: string | Buffer }

async function serve(answer: (path: string) => Answer) {
  const calls: { path: string; key: string | undefined; attempt: string | undefined }[] = []
  const heard: { method: string; headers: IncomingHttpHeaders; body: string }[] = []
  const server = createServer((request, response) => {
    const header = (name: string) => request.headers[name]?.toString()
    calls.push({ path: request.url ?? '', key: header('idempotency-key'), attempt: header('orrery-attempt') })
    const { status, headers, body } = answer(request.url ?? '')
    void text(request).then((sent) => {
      heard.push({ method: request.method ?? '', headers: request.headers, body: sent })
      response.writeHead(status, headers)
      // what is shorter than it says is cut off
      if (headers?.['content-length'] === undefined) response.end(body)
      else response.write(body ?? '', () => response.destroy())
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    calls,
    heard,
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

describe('a call that can not be made, or an answer that can not be kept', () => {
  const failing = async (port: number, input: object) => {
    const done = http(allowed(port), files)(stepOf({ url: `http://127.0.0.1:${port}/`, ...input }), io())
    const { code, retryable } = await done.then(
      () => ({ code: 'none', retryable: false }),
      (error: StepFailure) => error,
    )
    return [code, retryable]
  }

  it('says so once, and is tried again only where that may help', async () => {
    let answer: Answer = { status: 200 }
    await using server = await serve(() => answer)
    const json = { 'content-type': 'application/json' }
    expect(await failing(server.port, { body: 1 })).toEqual(['input_invalid', false])
    expect(await failing(server.port, { method: 'TRACE' })).toEqual(['input_invalid', false])
    expect(await failing(server.port, { headers: { 'transfer-encoding': 'chunked' }, method: 'POST', body: 'x' })).toEqual([
      'input_invalid',
      false,
    ])
    expect(await failing(server.port, { headers: { 'x-a': 'b\nc: d' } })).toEqual(['input_invalid', false])
    expect(server.calls).toEqual([])
    answer = { status: 200, headers: json, body: '['.repeat(5000) + ']'.repeat(5000) }
    expect(await failing(server.port, {})).toEqual(['response_invalid', false])
    answer = { status: 200, headers: { 'content-encoding': 'gzip' }, body: 'no gzip' }
    expect(await failing(server.port, {})).toEqual(['response_invalid', false])
    answer = { status: 200, headers: { 'content-length': '100' }, body: 'cut off' }
    expect(await failing(server.port, {})).toEqual(['connection_failed', true])
  })

  it('says each value of a query, and no length but that of its body', async () => {
    await using server = await serve(() => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '\uFEFF{"a":1}' }))
    const query = { list: [1, 'b'], nothing: null, map: { x: 1 }, text: 'a b' }
    const step = stepOf({
      url: `http://127.0.0.1:${server.port}/?text=old`,
      query,
      method: 'POST',
      headers: { 'content-length': '1' },
      body: 'abc',
    })
    expect(await http(allowed(server.port), files)(step, io())).toMatchObject({ body: { a: 1 } })
    expect(server.calls[0]?.path).toBe('/?list=1&list=b&map=%7B%22x%22%3A1%7D&text=a+b')
    expect(server.heard[0]?.body).toBe('abc')
  })

  it('keeps each cookie that an answer sets', async () => {
    await using server = await serve(() => ({ status: 200, headers: { 'set-cookie': ['a=1; Expires=Wed, 01 Jan 2031', 'b=2'] } }))
    const output = await http(allowed(server.port), files)(stepOf({ url: `http://127.0.0.1:${server.port}/` }), io())
    expect(output).toMatchObject({ headers: { 'set-cookie': ['a=1; Expires=Wed, 01 Jan 2031', 'b=2'] } })
  })
})

describe('a redirect', () => {
  it.each([
    ['POST', 301, 'GET', ''],
    ['POST', 302, 'GET', ''],
    ['POST', 303, 'GET', ''],
    ['PUT', 303, 'GET', ''],
    ['PUT', 302, 'PUT', '{"pay":1}'],
    ['POST', 307, 'POST', '{"pay":1}'],
    ['POST', 308, 'POST', '{"pay":1}'],
  ])('of %s by %i is followed by %s', async (method, status, then, body) => {
    await using target = await serve(() => ({ status: 200, body: 'there' }))
    await using server = await serve(() => redirectTo(target.port, status))
    const call = http(allowed(server.port, target.port), files)
    const step = stepOf({ url: `http://127.0.0.1:${server.port}/`, method, body: { pay: 1 } })
    expect(await call(step, io())).toMatchObject({ status: 200, body: 'there' })
    expect(server.heard[0]).toMatchObject({ method, body: '{"pay":1}' })
    const [heard] = target.heard
    expect([heard?.method, heard?.body]).toEqual([then, body])
    expect(heard?.headers['content-type']).toBe(body === '' ? undefined : 'application/json')
    // what may change something has a key, and nothing else has
    expect(heard?.headers['idempotency-key']).toBe(body === '' ? undefined : step.stepId)
  })

  it('takes nothing along to another origin that was meant for this one, and all of it within', async () => {
    const headers = {
      authorization: 'Bearer s3cret',
      cookie: 'a=b',
      'x-api-key': 's3cret',
      'x-anything': 's3cret',
      'idempotency-key': 's3cret',
      accept: 'text/plain',
      'user-agent': 'mine',
    }
    await using target = await serve(() => ({ status: 200 }))
    await using server = await serve((path) =>
      path === '/' ? { status: 307, headers: { location: '/again' } } : redirectTo(target.port, 307),
    )
    const call = http(allowed(server.port, target.port), files)
    const step = stepOf({ url: `http://127.0.0.1:${server.port}/`, method: 'POST', headers, body: 'text' })
    await call(step, io())
    expect(server.heard.map((each) => each.headers)).toEqual([expect.objectContaining(headers), expect.objectContaining(headers)])
    expect(JSON.stringify(target.heard)).not.toContain('s3cret')
    expect(target.heard[0]?.headers).toMatchObject({ accept: 'text/plain', 'user-agent': 'mine', 'idempotency-key': step.stepId })
  })

  it('to what is no address fails', async () => {
    await using server = await serve(() => ({ status: 302, headers: { location: 'http://[' } }))
    const call = http(allowed(server.port), files)
    await expect(call(stepOf({ url: `http://127.0.0.1:${server.port}/` }), io())).rejects.toMatchObject({ code: 'redirect_invalid' })
  })
})

describe('an answer that asks for time', () => {
  const ended = async (header: string, status = 429) => {
    await using server = await serve(() => ({ status, headers: { 'retry-after': header } }))
    const call = http(allowed(server.port), files)
    return await call(stepOf({ url: `http://127.0.0.1:${server.port}/` }), io()).catch((error: StepFailure) => error)
  }

  it('passes it on: seconds or a time, an hour at most', async () => {
    expect(await ended('7')).toMatchObject({ code: 'http_429', retryable: true, retryAfterMs: 7000 })
    expect(await ended('120', 503)).toMatchObject({ code: 'http_503', retryable: true, retryAfterMs: 120_000 })
    expect(await ended('999999')).toMatchObject({ retryAfterMs: 3_600_000 })
    const { retryAfterMs } = (await ended(new Date(Date.now() + 60_000).toUTCString())) as StepFailure
    expect(retryAfterMs).toBeGreaterThan(50_000)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
    expect(await ended('Wed, 21 Oct 2015 07:28:00 GMT')).toMatchObject({ retryAfterMs: 0 })
  })

  it('in words that nobody knows has asked for nothing', async () => {
    for (const header of ['soon', '-5', '']) expect(await ended(header)).toMatchObject({ code: 'http_429', retryAfterMs: undefined })
  })
})
