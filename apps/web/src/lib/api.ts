import { paths } from '../config/config.ts'
import { toApiError, unreachable } from './api-error.ts'
import { accessToken, refresh } from './session.ts'

type Value = string | number | boolean | null | undefined
export type Query = Record<string, Value>
type Options = { query?: Query; signal?: AbortSignal; idempotencyKey?: string; ifMatch?: number }
type Call = Options & { method: string; path: string; body?: unknown; accept?: string }
type Read<T> = (response: Response) => Promise<T>

/** The one door to the services: adds the token, renews it once when it was refused, turns refusals into ApiError. */
async function call<T>(request: Call, read: Read<T> = readBody, renewed = false): Promise<T> {
  const sent = accessToken()
  const response = await send(request, sent)
  if (response.status === 401 && sent && !renewed && (accessToken() !== sent || (await refresh()))) return call<T>(request, read, true)
  if (!response.ok) throw await toApiError(response)
  return read(response)
}

async function send(request: Call, token: string | null): Promise<Response> {
  const { method, path, body, query, signal, idempotencyKey, ifMatch, accept = 'application/json' } = request
  const headers = new Headers({ accept })
  if (token) headers.set('authorization', `Bearer ${token}`)
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (idempotencyKey) headers.set('idempotency-key', idempotencyKey)
  if (ifMatch !== undefined) headers.set('if-match', `"${ifMatch}"`)
  const init: RequestInit = { method, headers, credentials: 'same-origin' }
  if (body !== undefined) init.body = JSON.stringify(body)
  if (signal) init.signal = signal
  try {
    return await fetch(`${path}${toSearch(query)}`, init)
  } catch (error) {
    if (signal?.aborted) throw error
    throw unreachable()
  }
}

/** The services declare their answers with the same contracts, so a checked type is a promise kept on the other side. */
async function readBody<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

export function toSearch(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

const at = (path: string) => `${paths.api}${path}`

export const api = {
  get: <T>(path: string, options: Options = {}) => call<T>({ method: 'GET', path: at(path), ...options }),
  /** A file. The token goes in a header as always, so no address that lets anybody in is ever made. */
  file: (path: string, options: Options = {}) =>
    call<Blob>({ method: 'GET', path: at(path), accept: '*/*', ...options }, (response) => response.blob()),
  post: <T>(path: string, body: unknown = {}, options: Options = {}) => call<T>({ method: 'POST', path: at(path), body, ...options }),
  patch: <T>(path: string, body: unknown, options: Options = {}) => call<T>({ method: 'PATCH', path: at(path), body, ...options }),
  put: <T>(path: string, body: unknown, options: Options = {}) => call<T>({ method: 'PUT', path: at(path), body, ...options }),
  delete: <T>(path: string, options: Options = {}) => call<T>({ method: 'DELETE', path: at(path), ...options }),
}

/** An unhealthy installation answers 503 with the same body: that is an answer, not a failure. */
export async function getHealth<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await send({ method: 'GET', path, ...(signal && { signal }) }, accessToken())
  const isAnswer = response.ok || (response.status === 503 && response.headers.get('content-type')?.includes('application/json'))
  if (!isAnswer) throw await toApiError(response)
  return readBody<T>(response)
}

/** One key for one intent to create something: a retry of the same form sends it again. */
export function newIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
