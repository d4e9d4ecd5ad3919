import type { HookScheme } from '@orrery/shared-types'

export type Headers = Record<string, string>

// what proves who calls is nobody else's business
const untold = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'webhook-signature',
  'x-hub-signature',
  'x-hub-signature-256',
  'x-gitlab-token',
  'x-hook-token',
])

/** The headers that a mapping may read: names in lower case, without credentials and signatures. */
export const tellHeaders = (headers: Headers): Headers => Object.fromEntries(Object.entries(headers).filter(([name]) => !untold.has(name)))

/** The body as a mapping reads it; undefined where it isn't what it says it is. */
export function readBody(text: string, contentType: string, scheme: HookScheme): unknown {
  if (text === '') return null
  if (/[/+]json\b/i.test(contentType)) return parse(text)
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    const form = Object.fromEntries(new URLSearchParams(text))
    // GitHub sends its JSON in a field of a form unless told otherwise
    return scheme === 'github' && form['payload'] !== undefined ? parse(form['payload']) : form
  }
  return text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
