import { type LookupAddress, lookup } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Which addresses inside the network may be reached all the same, as host:port. */
export type AllowList = ReadonlySet<string>

export const readAllowList = (text: string): AllowList =>
  new Set(
    text
      .split(',')
      .map((each) => each.trim().toLowerCase())
      .filter(Boolean),
  )

/** Why nothing may be sent to an address. The message is for whoever chose it. */
export class DestinationRefused extends Error {
  readonly code: 'blocked_destination' | 'input_invalid'
  constructor(code: 'blocked_destination' | 'input_invalid', message: string) {
    super(message)
    this.name = 'DestinationRefused'
    this.code = code
  }
}

const blocked = (host: string) =>
  new DestinationRefused(
    'blocked_destination',
    `${host} is inside a private or reserved network, which nothing may reach from here; an administrator can allow it in ORRERY_HTTP_ALLOW`,
  )

/** True for what is reached over the public Internet and nothing else. IPv4 inside IPv6 is looked at as IPv4. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv6') {
    const v6 = parsed as ipaddr.IPv6
    const embedded = v6.range() === 'rfc6052' || v6.range() === '6to4' || v6.range() === 'teredo'
    // ::127.0.0.1, a notation of old for IPv4
    const isCompatible = v6.parts.slice(0, 6).every((part) => part === 0)
    return !embedded && !isCompatible && v6.range() === 'unicast'
  }
  return parsed.range() === 'unicast'
}

/** Refuses a URL whose scheme or literal address is out of bounds. Names are checked when they are resolved. */
export function checkUrl(url: URL, allow: AllowList): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new DestinationRefused('blocked_destination', `${url.protocol} addresses can't be called; use https: or http:`)
  if (url.username || url.password) throw new DestinationRefused('input_invalid', 'Put credentials into a header, not into the URL')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) && !isPublic(host) && !isAllowed(url, allow)) throw blocked(url.host)
}

/** Refuses a URL out of bounds, also by what its name leads to now. A name that leads nowhere yet is none. */
export async function checkDestination(url: URL, allow: AllowList): Promise<void> {
  checkUrl(url, allow)
  const refused = await new Promise<Error | null>((resolve) => {
    guardedLookup(url, allow)(url.hostname.replace(/^\[|\]$/g, ''), {}, resolve)
  })
  if (refused instanceof DestinationRefused) throw refused
}

const isAllowed = (url: URL, allow: AllowList) =>
  allow.has(`${url.hostname.toLowerCase()}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`)

type Lookup = (host: string, options: object, done: (error: Error | null, addresses: LookupAddress[]) => void) => void

/** Resolves a name for the connection itself and refuses if any of its addresses is out of bounds, so that what was checked is what is reached. */
export const guardedLookup =
  (url: URL, allow: AllowList): Lookup =>
  (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, [])
      if (!isAllowed(url, allow) && !addresses.every(({ address }) => isPublic(address))) return done(blocked(host), [])
      return done(null, addresses)
    })
  }
