import type { FieldError } from '@orrery/shared-types'
import type { Json } from './cel-values.ts'
import type { InputDef } from './definition.schema.ts'

/** Fills in defaults and says what of an input doesn't fit its workflow. Paths begin with /input. */
export function checkInput(
  defs: Readonly<Record<string, InputDef>>,
  given: Record<string, unknown>,
): { input: { [key: string]: Json }; errors: FieldError[] } {
  const errors: FieldError[] = []
  const input: Record<string, unknown> = {}
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(defs, key)) errors.push({ path: `/input/${key}`, message: `The workflow has no input ${key}` })
  }
  for (const [key, def] of Object.entries(defs)) {
    const value = Object.hasOwn(given, key) ? given[key] : def.default
    if (value === undefined) {
      if (def.required) errors.push({ path: `/input/${key}`, message: 'This input is required' })
      else input[key] = null
      continue
    }
    const message = mismatch(def, value)
    if (message) errors.push({ path: `/input/${key}`, message })
    input[key] = value
  }
  return { input: input as { [key: string]: Json }, errors }
}

/** Why a value can't be that input's; undefined where it can. */
export function mismatch(def: InputDef, value: unknown): string | undefined {
  if (def.enum && !def.enum.some((each) => JSON.stringify(each) === JSON.stringify(value)))
    return `Must be one of ${def.enum.map((each) => JSON.stringify(each)).join(', ')}`
  if (value === null && !def.required) return undefined
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  if (def.type === undefined || def.type === type) return undefined
  if (def.type === 'integer' && Number.isSafeInteger(value)) return undefined
  return `Must be of type ${def.type}, and is ${type}`
}
