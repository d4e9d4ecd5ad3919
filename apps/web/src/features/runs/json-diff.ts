/** One place where two values differ. A side that has nothing there is undefined. */
export type Change = { path: string; left: unknown; right: unknown }

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isSameKind = (a: unknown, b: unknown) => isTree(a) && isTree(b) && Array.isArray(a) === Array.isArray(b)

/** Where two JSON values differ, in the order of the left one: `items[2].price`. Stops at `limit` places. */
export function jsonDiff(left: unknown, right: unknown, limit = 100): Change[] {
  const changes: Change[] = []
  const walk = (a: unknown, b: unknown, path: string): void => {
    if (changes.length >= limit || Object.is(a, b)) return
    if (!isTree(a) || !isTree(b) || !isSameKind(a, b)) {
      changes.push({ path, left: a, right: b })
      return
    }
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) walk(a[key], b[key], below(path, key, Array.isArray(a)))
  }
  walk(left, right, '')
  return changes
}

const plain = /^[A-Za-z_][\w-]*$/

function below(path: string, key: string, isItem: boolean): string {
  if (isItem) return `${path}[${key}]`
  if (!plain.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}
