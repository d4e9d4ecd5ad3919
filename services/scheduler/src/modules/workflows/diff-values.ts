import { isDeepStrictEqual } from 'node:util'
import type { DefinitionChange } from '@orrery/shared-types'
import { pointer } from './template.ts'

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every place at which two values differ, as deep as both are objects. Lists are one value: their places mean nothing. */
export function diffValues(before: unknown, after: unknown, path = ''): DefinitionChange[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isRecord(before) || !isRecord(after)) return [{ path, kind: 'changed', before, after }]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key): DefinitionChange[] => {
    const at = `${path}/${pointer(key)}`
    if (!Object.hasOwn(after, key)) return [{ path: at, kind: 'removed', before: before[key] }]
    if (!Object.hasOwn(before, key)) return [{ path: at, kind: 'added', after: after[key] }]
    return diffValues(before[key], after[key], at)
  })
}
