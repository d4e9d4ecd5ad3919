import { type CelFunc, CelScalar, celList, celMethod, listType } from '@bufbuild/cel'

const { INT, STRING } = CelScalar
const LIST = listType(STRING)

type Characters = { length: number; slice: (from: number, to?: number) => string | string[] }

/** A text as `size` counts it: by characters, of which some are two units long. */
const charactersOf = (text: string): Characters => (/[\ud800-\udfff]/.test(text) ? Array.from(text) : text)
const joined = (part: string | string[]) => (typeof part === 'string' ? part : part.join(''))

function within(place: bigint, length: number): number {
  const at = Number(place)
  if (at < 0 || at > length) throw new Error(`index ${place} out of bounds [0, ${length}]`)
  return at
}

/** How many units stand before the character at a place. */
const unitsBefore = (text: string, place: bigint): number => {
  const characters = charactersOf(text)
  return joined(characters.slice(0, within(place, characters.length))).length
}

const placeOf = (text: string, unit: number): bigint => BigInt(unit < 0 ? -1 : charactersOf(text.slice(0, unit)).length)

function part(text: string, from: bigint, to?: bigint): string {
  const characters = charactersOf(text)
  const start = within(from, characters.length)
  const end = to === undefined ? characters.length : within(to, characters.length)
  if (start > end) throw new Error(`substring: ${from} is beyond ${to}`)
  return joined(characters.slice(start, end))
}

/** At most as many parts as are asked for: the last one is the rest. */
function split(text: string, by: string, most: bigint): string[] {
  const parts = by === '' ? Array.from(text) : text.split(by)
  const count = Number(most)
  if (count < 0 || parts.length <= count) return parts
  return count === 0 ? [] : [...parts.slice(0, count - 1), parts.slice(count - 1).join(by)]
}

/** The methods of texts that count characters. Those of the library count UTF-16 units, and cut characters in half. */
export const textMethods: CelFunc[] = [
  celMethod('charAt', STRING, [INT], STRING, function (at) {
    const characters = charactersOf(this)
    const from = within(at, characters.length)
    return joined(characters.slice(from, from + 1))
  }),
  celMethod('indexOf', STRING, [STRING], INT, function (what) {
    return placeOf(this, this.indexOf(what))
  }),
  celMethod('indexOf', STRING, [STRING, INT], INT, function (what, from) {
    return placeOf(this, this.indexOf(what, unitsBefore(this, from)))
  }),
  celMethod('lastIndexOf', STRING, [STRING], INT, function (what) {
    return placeOf(this, this.lastIndexOf(what))
  }),
  celMethod('lastIndexOf', STRING, [STRING, INT], INT, function (what, from) {
    return placeOf(this, this.lastIndexOf(what, unitsBefore(this, from)))
  }),
  celMethod('substring', STRING, [INT], STRING, function (from) {
    return part(this, from)
  }),
  celMethod('substring', STRING, [INT, INT], STRING, function (from, to) {
    return part(this, from, to)
  }),
  celMethod('split', STRING, [STRING], LIST, function (by) {
    return celList(split(this, by, -1n))
  }),
  celMethod('split', STRING, [STRING, INT], LIST, function (by, most) {
    return celList(split(this, by, most))
  }),
  celMethod('reverse', STRING, [], STRING, function () {
    return Array.from(this).reverse().join('')
  }),
]
