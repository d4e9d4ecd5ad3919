import type { FieldValues, Path, UseFormSetError } from 'react-hook-form'
import { ApiError, messageOf } from './api-error.ts'

/** Puts the server's complaints at their fields; returns what belongs to none of them, for the foot of the form. */
export function placeErrors<T extends FieldValues>(
  error: unknown,
  fields: readonly Path<T>[],
  setError: UseFormSetError<T>,
): string | null {
  if (!(error instanceof ApiError) || error.fields.length === 0) return messageOf(error)
  const rest = error.fields.filter(({ path, message }) => {
    const field = fields.find((name) => path === `/${name}` || path.startsWith(`/${name}/`))
    if (field) setError(field, { type: 'server', message: sentence(message) })
    return !field
  })
  return rest.length === 0 ? null : rest.map(({ path, message }) => `${path.slice(1)} ${message}`.trim()).join('; ')
}

/** "must match format" → "Must match format". */
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** "Nightly triage" → "nightly-triage". */
export const slugOf = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)
