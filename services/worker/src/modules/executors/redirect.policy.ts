/** A call as it is sent: to be sent again where a redirect leads. */
export type Sendable = { url: URL; method: string; headers: Headers; body: string | undefined }

/** What any server may see, whoever the call was meant for. */
const harmless = new Set(['accept', 'accept-language', 'user-agent', 'content-type', 'content-language', 'orrery-attempt'])
/** What is said of a body, and goes with it. */
const ofBody = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type']

/** The call that follows on a redirect, as browsers do it (Fetch, HTTP-redirect fetch). To another origin goes nothing that was meant for this one. */
export function follow(call: Sendable, status: number, to: URL): Sendable {
  const headers = new Headers(call.headers)
  if (to.origin !== call.url.origin) for (const name of [...headers.keys()]) if (!harmless.has(name)) headers.delete(name)
  const asGet = (call.method === 'POST' && [301, 302].includes(status)) || (status === 303 && !isSafe(call.method))
  if (!asGet) return { ...call, url: to, headers }
  for (const name of [...ofBody, 'idempotency-key']) headers.delete(name)
  return { url: to, method: 'GET', headers, body: undefined }
}

/** Asking twice changes no more than asking once. */
export const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'
