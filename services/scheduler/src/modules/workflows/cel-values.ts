import { type CelInput, celList, celMap, isCelList, isCelMap, isCelUint } from '@bufbuild/cel'
import { toJson } from '@bufbuild/protobuf'
import { isReflectMessage } from '@bufbuild/protobuf/reflect'
import { storable } from '@orrery/core'
import { spend } from './budget.ts'
import { ExpressionError } from './expression-error.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

// JSON is never changed once it is there, so that what was made of it once holds for all expressions that look at it
const converted = new WeakMap<object, CelInput & object>()
const origins = new WeakMap<object, Json & object>()
const weights = new WeakMap<object, number>()

/** A JSON value as CEL sees it. Members of an object are converted when they are asked for. */
export function toCel(value: Json): CelInput {
  // JSON knows one kind of number, CEL two: whole ones are bound as int
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (value === null || typeof value !== 'object') return value
  const known = converted.get(value)
  if (known) return known
  const made = Array.isArray(value) ? celList(value.map(toCel)) : celMap(new Members(value))
  converted.set(value, made)
  origins.set(made, value)
  return made
}

class Members implements ReadonlyMap<string, CelInput> {
  private readonly of: { [key: string]: Json }
  private names: string[] | undefined

  constructor(of: { [key: string]: Json }) {
    this.of = of
  }

  private get all(): string[] {
    this.names ??= Object.keys(this.of)
    return this.names
  }

  get size(): number {
    return this.all.length
  }

  // CEL may ask for a number, which is no key of an object
  get(key: unknown): CelInput | undefined {
    const value = typeof key === 'string' && Object.hasOwn(this.of, key) ? this.of[key] : undefined
    return value === undefined ? undefined : toCel(value)
  }

  has(key: unknown): boolean {
    return this.get(key) !== undefined
  }

  // whoever doesn't find a number looks through all keys
  keys(): MapIterator<string> {
    spend(this.size)
    return this.all.values()
  }

  *values(): MapIterator<CelInput> {
    for (const [, value] of this.entries()) yield value
  }

  *entries(): MapIterator<[string, CelInput]> {
    for (const key of this.keys()) yield [key, toCel(this.of[key] ?? null)]
  }

  [Symbol.iterator](): MapIterator<[string, CelInput]> {
    return this.entries()
  }

  forEach(callback: (value: CelInput, key: string, map: ReadonlyMap<string, CelInput>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this)
  }
}

/** The JSON of a result. What came in as a whole goes out as it was; what was made is paid for by its size. */
export function fromCel(value: unknown): Json {
  const origin = typeof value === 'object' && value !== null ? origins.get(value) : undefined
  if (origin) {
    spend(weightOf(origin) / 16)
    return origin
  }
  spend(10)
  if (isCelUint(value)) return fromCel(value.value)
  if (typeof value === 'bigint') {
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER))
      throw new ExpressionError(`${value} is too large for a JSON number`)
    return Number(value)
  }
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new ExpressionError(`${value} is no JSON number`)
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value
  if (isCelList(value)) return Array.from(value, fromCel)
  if (isCelMap(value)) return Object.fromEntries(Array.from(value.entries(), ([key, each]) => [text(String(key)), fromCel(each)]))
  if (value instanceof Uint8Array) return text(Buffer.from(value).toString('base64'))
  // times and lengths of time, as `2026-01-31T09:00:00Z` and `90s`
  if (isReflectMessage(value)) return toJson(value.desc, value.message) as Json
  return String(value)
}

function text(value: string): string {
  spend(value.length / 16)
  return storable(value)
}

/** About how many characters a value is long as JSON. */
function weightOf(value: Json): number {
  if (typeof value === 'string') return value.length + 2
  if (value === null || typeof value !== 'object') return 6
  const known = weights.get(value)
  if (known !== undefined) return known
  let weight = 2
  for (const [key, each] of Object.entries(value)) weight += (Array.isArray(value) ? 1 : key.length + 4) + weightOf(each)
  weights.set(value, weight)
  return weight
}
