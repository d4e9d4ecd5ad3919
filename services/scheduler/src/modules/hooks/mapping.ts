import { AppError, storable } from '@orrery/core'
import type { FieldError } from '@orrery/shared-types'
import { compileTemplate, ExpressionError, inHook, type Json, type Plan, pointer, type Scope, type Template } from '../workflows/index.ts'

export type Mapping = Record<string, unknown>

/** Compiles each input of a mapping by itself, so that what is wrong is said of the one it is about. */
export function compileMapping(mapping: Mapping): { templates: Map<string, Template>; errors: FieldError[] } {
  const errors: FieldError[] = []
  const templates = new Map<string, Template>()
  for (const [key, value] of Object.entries(mapping)) {
    const onError = (path: string, error: ExpressionError) => errors.push({ path, message: error.message })
    templates.set(key, compileTemplate(value as Json, onError, `/mapping/${pointer(key)}`, inHook))
  }
  return { templates, errors }
}

/** Refuses a mapping that can't be read, or that gives the workflow what it hasn't or not what it needs. */
export function requireMapping(mapping: Mapping, { inputs }: Pick<Plan, 'inputs'>): void {
  const { errors } = compileMapping(mapping)
  for (const key of Object.keys(mapping)) {
    if (!Object.hasOwn(inputs, key)) errors.push({ path: `/mapping/${pointer(key)}`, message: `The workflow has no input ${key}` })
  }
  for (const [key, def] of Object.entries(inputs)) {
    if (def.required && def.default === undefined && !Object.hasOwn(mapping, key))
      errors.push({ path: `/mapping/${pointer(key)}`, message: `The workflow needs the input ${key}` })
  }
  if (errors.length > 0) throw new AppError('invalid', 'mapping_invalid', 'The mapping does not fit the workflow', { errors })
}

/** The input of a run, from what came in. */
export function applyMapping(mapping: Mapping, scope: Scope): { input: Mapping; errors: FieldError[] } {
  const { templates, errors } = compileMapping(mapping)
  const input: Mapping = {}
  for (const [key, template] of templates) {
    try {
      input[key] = storable(template.evaluate(scope))
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      errors.push({ path: `/mapping/${pointer(key)}`, message: error.message })
    }
  }
  return { input, errors }
}
