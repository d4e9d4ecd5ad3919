import { deepest, findMisfit } from '@orrery/core'
import type { DefinitionError, DefinitionSource } from '@orrery/shared-types'
import { Ajv, type ErrorObject } from 'ajv'
import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { Definition } from './definition.schema.ts'
import { type Locate, mostErrors } from './report.ts'
import { sourceOffset } from './source-offset.ts'
import { pointer } from './template.ts'

const maxIndent = 2000
// the library compares each key of a map with all before it: findTwins looks at each once
const parsing = { uniqueKeys: false }
const validate = new Ajv({ allErrors: true, strict: false, verbose: true }).compile(Definition)

export type Read = {
  definition: Definition | null
  errors: DefinitionError[]
  /** `at` counts characters of the text that stands there. */
  locate: Locate
}

/** Reads a definition given as YAML, JSON or an object, and checks its shape. Errors name line and column where there is text. */
export function readDefinition(source: DefinitionSource): Read {
  if (typeof source !== 'string') return check(source, () => ({}))
  const deep = tooDeep(source)
  if (deep) return { definition: null, errors: [deep], locate: () => ({}) }
  const lines = new LineCounter()
  const doc = parseDocument(source, { ...parsing, lineCounter: lines, prettyErrors: false })
  const locate = (path: string, at?: number) => locateIn({ doc, lines, source }, path, at)
  const wrong = doc.errors.length > 0 ? doc.errors : findTwins(doc)
  if (wrong.length > 0) {
    const errors = wrong.slice(0, mostErrors).map(({ message, pos }) => ({ path: '', message, ...span(lines, pos[0], pos[1]) }))
    return { definition: null, errors, locate }
  }
  try {
    return check(doc.toJS({ maxAliasCount: 50 }) as unknown, locate)
  } catch (error) {
    return { definition: null, errors: [{ path: '', message: (error as Error).message, line: 1, column: 1 }], locate }
  }
}

/** The value of a definition whatever it holds; undefined where the text is none. */
export function parseDefinition(source: DefinitionSource | undefined): unknown {
  if (typeof source !== 'string') return source
  if (tooDeep(source)) return undefined
  try {
    return parseDocument(source, parsing).toJS({ maxAliasCount: 50 }) as unknown
  } catch {
    return undefined
  }
}

/** Keys that stand twice in one map: all but one would be lost. */
function findTwins(doc: Document): { message: string; pos: readonly [number, number] }[] {
  const found: { message: string; pos: readonly [number, number] }[] = []
  visit(doc, {
    Map(_, { items }) {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        const [from, to] = key.range ?? [0, 0]
        if (keys.has(key.value)) found.push({ message: `The key ${String(key.value)} stands here twice`, pos: [from, to] })
        keys.add(key.value)
      }
    },
  })
  return found
}

/** Brackets or indents beyond what a definition needs: to parse them would hold everybody up. Counted without parsing. */
function tooDeep(text: string): DefinitionError | undefined {
  let depth = 0
  let line = 1
  for (const mark of text.match(/[[\]{}]|\n(?:\s*- )*\s*/g) ?? []) {
    if (mark === '[' || mark === '{') depth += 1
    else if (mark === ']' || mark === '}') depth = Math.max(depth - 1, 0)
    else {
      line += mark.split('\n').length - 1
      if (mark.length > maxIndent) return { path: '', message: 'This is indented too deep', line, column: 1 }
    }
    if (depth > deepest) return { path: '', message: `This is nested deeper than ${deepest} levels`, line, column: 1 }
  }
  return undefined
}

function check(value: unknown, locate: Locate): Read {
  const misfit = findMisfit(value)
  if (misfit) return { definition: null, errors: [{ ...misfit, ...locate(misfit.path) }], locate }
  if (validate(value)) return { definition: value as Definition, errors: [], locate }
  const all = (validate.errors ?? []).filter((error) => !['anyOf', 'if'].includes(error.keyword))
  // where a value is of the type of one alternative, that one says what is wrong
  const isTyped = (path: string) => all.some((error) => error.instancePath === path && error.keyword !== 'type')
  const errors = all.filter((error) => error.keyword !== 'type' || !isTyped(error.instancePath)).map(describe)
  // of the alternatives that a value doesn't fit, the first says enough
  const unique = [...new Map(errors.reverse().map((error) => [error.path, error])).values()].reverse().slice(0, mostErrors)
  return { definition: null, errors: unique.map((error) => ({ ...error, ...locate(error.path) })), locate }
}

function describe({ keyword, instancePath, params, message, data }: ErrorObject): { path: string; message: string } {
  if (keyword === 'additionalProperties') {
    const key = String(params['additionalProperty'])
    const isKey = /^\/(steps|inputs|outputs|on-failure|finally)$/.test(instancePath)
    return {
      path: `${instancePath}/${pointer(key)}`,
      message: isKey ? `${key} is no valid key: letters, digits, - and _, beginning with a letter` : `There is no setting ${key} here`,
    }
  }
  if (keyword === 'required') return { path: instancePath, message: `${String(params['missingProperty'])} is missing` }
  if (keyword === 'pattern' && String(params['pattern']).includes('ms|s|m|h|d'))
    return { path: instancePath, message: `${String(data)} is no duration; write it as 30s, 5m or 1h30m` }
  if (keyword === 'type') return { path: instancePath, message: `This must be ${article(String(params['type']))}` }
  return { path: instancePath, message: message ?? 'is not valid' }
}

const article = (type: string) => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`)

type Text = { doc: Document; lines: LineCounter; source: string }

/** The place of a JSON pointer in the text; of the nearest parent that exists where the thing itself is missing. */
function locateIn({ doc, lines, source }: Text, path: string, at?: number): Partial<DefinitionError> {
  let node = doc.contents as Node | null
  let range = node?.range ?? null
  for (const raw of path.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~')
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key)
      if (!pair) break
      range = (pair.key as Node).range ?? range
      node = pair.value as Node | null
    } else if (isSeq(node)) {
      node = node.items[Number(key)] as Node | null
      range = node?.range ?? range
    } else break
  }
  if (isScalar(node) && node.range) range = node.range
  if (at !== undefined && isScalar(node) && typeof node.value === 'string' && node.range) {
    const from = node.range[0] + sourceOffset(source.slice(node.range[0], node.range[1]), node.value, at)
    const token = /^(?:[A-Za-z_][\w.]*|.)/.exec(source.slice(from, node.range[1]))?.[0] ?? ''
    return span(lines, from, from + token.length)
  }
  return range ? span(lines, range[0], range[1]) : {}
}

function span(lines: LineCounter, from: number, to: number) {
  const start = lines.linePos(from)
  const end = lines.linePos(Math.max(to, from))
  return { line: start.line, column: start.col, endLine: end.line, endColumn: end.col }
}
