import { isCelList, isCelMap } from '@bufbuild/cel'
import { spend } from './budget.ts'
import { patternSize } from './pattern-size.ts'

type Cost = (values: readonly unknown[]) => void

const call = 10
const lengthOf = (value: unknown) => (typeof value === 'string' || value instanceof Uint8Array ? value.length : 0)
const sizeOf = (value: unknown) => (isCelList(value) || isCelMap(value) ? value.size : lengthOf(value))
const isWhole = (value: unknown) => isCelList(value) || isCelMap(value)
const sum = (values: readonly unknown[], of: (value: unknown) => number) => values.reduce<number>((all, value) => all + of(value), 0)

/** A value is gone through to its last member. */
function deep(value: unknown): void {
  spend(2 + lengthOf(value) / 16)
  if (isCelList(value)) for (const each of value) deep(each)
  else if (isCelMap(value))
    for (const [key, each] of value) {
      deep(key)
      deep(each)
    }
}

const inBulk: Cost = (values) => spend(call + sum(values, lengthOf) / 16)
const byCharacter: Cost = (values) => spend(call + sum(values, lengthOf))
const search: Cost = ([text, part]) => spend(call + (lengthOf(text) / 4) * (1 + lengthOf(part) / 64))
const bySquare: Cost = ([text]) => spend(200 + lengthOf(text) ** 2 / 16)
const withZone: Cost = (values) => spend(values.length > 1 ? 4000 : 200)

function equality(values: readonly unknown[]): void {
  if (!values.every(isWhole)) return inBulk(values)
  spend(call)
  for (const value of values) deep(value)
}

function membership([value, among]: readonly unknown[]): void {
  spend(call + lengthOf(value) / 16)
  if (!isCelList(among)) return
  if (isWhole(value)) deep(among)
  else spend(among.size * 2)
}

function joining(values: readonly unknown[]): void {
  for (const value of values) deep(value)
  spend(sizeOf(values[0]) * (2 + lengthOf(values[1]) / 16))
}

/** The parts that are replaced are counted before anything grows. */
function replacing([text, part, by]: readonly unknown[]): void {
  byCharacter([text, part, by])
  if (typeof text !== 'string' || typeof part !== 'string') return
  spend((lengthOf(text) / 16) * (lengthOf(part) / 16))
  const most = part === '' ? text.length + 1 : text.split(part).length - 1
  spend(most * (4 + lengthOf(by) / 16))
}

function formatting([text, values]: readonly unknown[]): void {
  byCharacter([text])
  if (typeof text === 'string') spend((text.match(/%(\.\d*)?f/g)?.length ?? 0) * 2000)
  // maps are sorted
  for (let i = 0; i < 8; i++) deep(values)
}

function matching([text, pattern]: readonly unknown[]): void {
  if (typeof pattern !== 'string') return spend(call)
  spend(call + pattern.length * 10)
  spend(patternSize(pattern) * (100 + lengthOf(text)))
}

const costs: Record<string, Cost> = {
  '_+_': (values) => spend(call + sum(values, (value) => (isCelList(value) ? value.size * 2 : lengthOf(value) / 16))),
  '_==_': equality,
  '_!=_': equality,
  '@in': membership,
  size: byCharacter,
  lowerAscii: byCharacter,
  upperAscii: byCharacter,
  trim: byCharacter,
  split: byCharacter,
  charAt: byCharacter,
  substring: byCharacter,
  reverse: byCharacter,
  'strings.quote': byCharacter,
  string: byCharacter,
  bytes: byCharacter,
  int: bySquare,
  uint: bySquare,
  duration: bySquare,
  timestamp: bySquare,
  contains: search,
  indexOf: search,
  lastIndexOf: search,
  join: joining,
  replace: replacing,
  format: formatting,
  matches: matching,
}

/** Spends what a call will cost, before it is made. A method's target is the first of its values. */
export function spendOnCall(name: string, values: readonly unknown[]): void {
  const cost = costs[name] ?? (name.startsWith('get') ? withZone : inBulk)
  cost(values)
}

/** What going through a list costs, if each of its members is looked at by an expression of so many parts. */
export const spendOnRange = (range: unknown, parts: number): void => spend(call + sizeOf(range) * (parts + 2))
