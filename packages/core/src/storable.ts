const unstorable = /\0|\p{Surrogate}/u
const clean = (text: string): string => (unstorable.test(text) ? text.toWellFormed().replaceAll('\0', '\ufffd') : text)

/** The same value with what PostgreSQL can't keep in JSON, NUL and halves of surrogate pairs, shown as U+FFFD. For whatever comes from programs. */
export function storable<T>(value: T): T {
  if (typeof value === 'string') return clean(value) as T
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(storable) as T
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [clean(key), storable(each)])) as T
}
