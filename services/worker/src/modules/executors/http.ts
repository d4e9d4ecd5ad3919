import { type AllowList, checkUrl, DestinationRefused, findMisfit, guardedLookup } from '@orrery/core'
import type { LeasedStep } from '@orrery/shared-types'
import { Agent, type Dispatcher, fetch } from 'undici'
import type { Executor } from './executor.ts'
import { maxOutputBytes } from './executor.ts'
import { follow, isSafe, type Sendable } from './redirect.policy.ts'
import { retryAfterMs } from './retry-after.policy.ts'
import { readSave, type SaveOptions, save } from './save-body.ts'
import { StepFailure } from './step-failure.ts'

type HttpInput = { url?: unknown; method?: unknown; headers?: unknown; body?: unknown; query?: unknown; expect?: unknown; save?: unknown }

const maxRedirects = 5
const redirects = new Set([301, 302, 303, 307, 308])
const retryable = new Set([408, 425, 429, 500, 502, 503, 504])

/** Calls an address. Gives status, headers and body, parsed where it is JSON; with `save` the body becomes an artifact. A status of 400 or more fails unless `expect` names it. */
export const http =
  (allow: AllowList, files: SaveOptions): Executor =>
  async (step, { signal, log }) => {
    const input = step.input as HttpInput
    const name = readSave(input.save)
    let call = readCall(input, step)
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const { url, method } = call
      requireInBounds(url, allow)
      const agent = new Agent({
        connect: { lookup: guardedLookup(url, allow) as never },
        maxResponseSize: name === undefined ? maxOutputBytes * 8 : -1,
      })
      try {
        const response = await send(call, { signal, dispatcher: agent })
        log('system', `${method} ${url.origin}${url.pathname} → ${response.status}`)
        const target = redirects.has(response.status) ? response.headers.get('location') : null
        if (target === null) {
          const isExpected = fits(response.status, input.expect)
          if (name === undefined || !isExpected) return await read(response, isExpected)
          const artifact = await save({ step, name, signal, body: response.body }, files)
          return { status: response.status, headers: headersOf(response), artifact }
        }
        call = withOwnHeaders(follow(call, response.status, readTarget(target, url)), step)
      } finally {
        void agent.destroy()
      }
    }
    throw new StepFailure('too_many_redirects', `${call.url.host} redirected more than ${maxRedirects} times`)
  }

function readCall(input: HttpInput, step: LeasedStep): Sendable {
  const method = String(input.method ?? 'GET').toUpperCase()
  const headers = readHeaders(input.headers)
  // how long a body is, it says itself
  headers.delete('content-length')
  const body = readBody(input.body, headers)
  if (body !== undefined && (method === 'GET' || method === 'HEAD'))
    throw new StepFailure('input_invalid', `A call with ${method} has no body; say method: POST, or put it into with.query`)
  return withOwnHeaders({ url: readUrl(input), method, headers, body }, step)
}

/** What each call says unless its author says otherwise. */
function withOwnHeaders(call: Sendable, step: LeasedStep): Sendable {
  const { headers, method } = call
  if (!headers.has('user-agent')) headers.set('user-agent', 'orrery')
  // the same over all attempts, so that the other side can tell a repeated call
  if (!isSafe(method) && !headers.has('idempotency-key')) headers.set('idempotency-key', step.stepId)
  if (!headers.has('orrery-attempt')) headers.set('orrery-attempt', String(step.attempt))
  return call
}

function readTarget(target: string, from: URL): URL {
  if (!URL.canParse(target, from.href)) throw new StepFailure('redirect_invalid', `${from.host} redirects to what is no address`)
  return new URL(target, from)
}

function requireInBounds(url: URL, allow: AllowList): void {
  try {
    checkUrl(url, allow)
  } catch (error) {
    throw error instanceof DestinationRefused ? new StepFailure(error.code, error.message) : error
  }
}

function readUrl({ url, query }: HttpInput): URL {
  if (typeof url !== 'string' || !URL.canParse(url))
    throw new StepFailure('input_invalid', `with.url is no address: ${JSON.stringify(url)}`)
  const parsed = new URL(url)
  for (const [key, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    parsed.searchParams.delete(key)
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== null) parsed.searchParams.append(key, typeof each === 'object' ? JSON.stringify(each) : String(each))
  }
  return parsed
}

function readHeaders(given: unknown): Headers {
  try {
    return new Headers(given as Record<string, string> | undefined)
  } catch (error) {
    throw new StepFailure('input_invalid', `with.headers can't be sent: ${(error as Error).message}`)
  }
}

function readBody(body: unknown, headers: Headers): string | undefined {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return body
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  return JSON.stringify(body)
}

type Sent = Awaited<ReturnType<typeof fetch>>

async function send({ url, method, headers, body }: Sendable, options: { dispatcher: Dispatcher; signal: AbortSignal }): Promise<Sent> {
  try {
    return await fetch(url, {
      method,
      headers: Object.fromEntries(headers),
      ...(body !== undefined && { body }),
      redirect: 'manual',
      ...options,
    })
  } catch (error) {
    const cause = ((error as Error).cause ?? error) as Error & { code?: string }
    if (cause instanceof DestinationRefused) throw new StepFailure(cause.code, cause.message)
    if (options.signal.aborted) throw options.signal.reason
    // nothing was tried: it is no call that can be made
    if (cause === error || cause.code === 'UND_ERR_INVALID_ARG')
      throw new StepFailure('input_invalid', `${method} ${url.origin} can't be called so: ${cause.message}`)
    throw new StepFailure('connection_failed', `${url.host} can't be reached: ${cause.message}`, true)
  }
}

function fits(status: number, expect: unknown): boolean {
  if (Array.isArray(expect)) return expect.includes(status)
  return expect === undefined ? status < 400 : expect === status
}

async function read(response: Sent, isExpected: boolean): Promise<unknown> {
  const text = await readText(response)
  if (!isExpected)
    throw new StepFailure(
      `http_${response.status}`,
      `The answer was ${response.status}: ${text.slice(0, 500)}`,
      retryable.has(response.status),
      retryAfterMs(response.headers.get('retry-after'), Date.now()),
    )
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: headersOf(response), body: isJson ? parse(text) : text }
}

async function readText(response: Sent): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength
      if (bytes > maxOutputBytes) throw new StepFailure('response_too_large', `The answer is larger than ${maxOutputBytes} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof TypeError ? broken(error) : error
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Why the body of an answer ended before its end. */
function broken({ cause, message }: TypeError): StepFailure {
  const { code = '', message: why = message } = (cause ?? {}) as { code?: string; message?: string }
  if (code.startsWith('Z_') || code.startsWith('ERR_')) return new StepFailure('response_invalid', `The answer can't be unpacked: ${why}`)
  return new StepFailure('connection_failed', `The answer broke off: ${why}`, true)
}

/** As Node does, with a list of what each `set-cookie` said: these can't be joined. */
function headersOf({ headers }: Sent): Record<string, string | string[]> {
  const cookies = headers.getSetCookie()
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 && { 'set-cookie': cookies }) }
}

function parse(text: string): unknown {
  try {
    const value = text === '' ? null : (JSON.parse(text.replace(/^\uFEFF/, '')) as unknown)
    const misfit = findMisfit(value, { anyText: true })
    if (misfit) throw new StepFailure('response_invalid', `The answer can't be kept: it ${misfit.message}`)
    return value
  } catch (error) {
    if (error instanceof StepFailure) throw error
    throw new StepFailure('response_invalid', 'The answer says it is JSON, and is not')
  }
}
