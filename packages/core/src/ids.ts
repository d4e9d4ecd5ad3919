import { randomFillSync } from 'node:crypto'
import { type Id, type IdKind, idPrefixes } from '@orrery/shared-types'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const valueOf: Record<string, number> = Object.fromEntries([...alphabet].map((char, value) => [char, value]))

const random = Buffer.allocUnsafe(4096)
let used = random.length
let lastMs = 0
let counter = 0

/** A UUIDv7 (RFC 9562): milliseconds, a counter that keeps the ids of one process in order, 62 random bits. */
export function newUuid(): string {
  if (used + 8 > random.length) {
    randomFillSync(random)
    used = 0
  }
  const hex = random.toString('hex', used, used + 8)
  used += 8
  const now = Date.now()
  if (now > lastMs) {
    lastMs = now
    counter = Number.parseInt(hex.slice(1, 4), 16) & 0x7ff
  } else if (++counter > 0xfff) {
    lastMs += 1
    counter = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const variant = ((Number.parseInt(hex.slice(0, 1), 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${hex.slice(1, 4)}-${hex.slice(4)}`
}

const digits = Uint8Array.from(alphabet, (char) => char.charCodeAt(0))
const nibbles = new Uint8Array(128)
for (const [value, char] of [...'0123456789abcdef'].entries()) {
  nibbles[char.charCodeAt(0)] = value
  nibbles[char.toUpperCase().charCodeAt(0)] = value
}
const written = Buffer.alloc(26)
const hyphen = 45

/** Writes a UUID as a TypeID: `run_` and 26 characters of Crockford base32. Format: github.com/jetify-com/typeid. */
export function fromUuid<K extends IdKind>(kind: K, uuid: string): Id<K> {
  let kept = 0
  let bits = 2 // 26 digits are 130 bits: two zeros lead
  let length = 0
  for (let i = 0; i < uuid.length; i++) {
    const code = uuid.charCodeAt(i)
    if (code === hyphen) continue
    kept = (kept << 4) | (nibbles[code] ?? 0)
    bits += 4
    if (bits >= 5) {
      bits -= 5
      written[length++] = digits[(kept >> bits) & 31] ?? 0
      kept &= (1 << bits) - 1
    }
  }
  return `${idPrefixes[kind]}_${written.toString('latin1')}` as Id<K>
}

/** Reads a TypeID back; undefined when the text is no id of that kind. */
export function toUuid(kind: IdKind, id: string): string | undefined {
  const prefix = `${idPrefixes[kind]}_`
  if (id.length !== prefix.length + 26 || !id.startsWith(prefix)) return undefined
  let hex = ''
  let kept = 0
  let bits = -2
  for (const char of id.slice(prefix.length)) {
    const value = valueOf[char]
    if (value === undefined) return undefined
    kept = (kept << 5) | value
    bits += 5
    while (bits >= 4) {
      bits -= 4
      hex += (kept >> bits).toString(16)
      kept &= (1 << bits) - 1
    }
  }
  if (hex.length !== 32) return undefined
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The UUID behind an id that was checked at the edge. */
export function uuidOf(kind: IdKind, id: string): string {
  const uuid = toUuid(kind, id)
  if (!uuid) throw new TypeError(`Not the id of a ${kind}: ${id}`)
  return uuid
}

export const newId = <K extends IdKind>(kind: K): Id<K> => fromUuid(kind, newUuid())
