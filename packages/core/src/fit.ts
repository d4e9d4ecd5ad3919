/** Deeper than this nothing that comes from outside may be nested: whatever walks it afterwards may call itself. */
export const deepest = 100

export type Misfit = { path: string; message: string }

/**
 * What of a value that came from outside can't be taken: nesting beyond `deepest`, and, unless any text is welcome, NUL and
 * halves of surrogate pairs, which no database keeps. Walked without recursion, so that depth itself does no harm.
 */
export function findMisfit(value: unknown, { anyText = false } = {}): Misfit | undefined {
  const open: { value: unknown; path: string; depth: number }[] = [{ value, path: '', depth: 0 }]
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    const { value, path, depth } = each
    if (typeof value === 'string') {
      if (!anyText && !isStorable(value)) return { path, message: 'holds NUL or half of a surrogate pair, which is no text' }
      continue
    }
    if (typeof value !== 'object' || value === null) continue
    if (depth >= deepest) return { path: `${path.slice(0, 100)}…`, message: `is nested deeper than ${deepest} levels` }
    for (const [key, inner] of Object.entries(value)) {
      const at = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      if (!anyText && !isStorable(key)) return { path, message: 'has a key with NUL or half of a surrogate pair' }
      open.push({ value: inner, path: at, depth: depth + 1 })
    }
  }
  return undefined
}

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')
