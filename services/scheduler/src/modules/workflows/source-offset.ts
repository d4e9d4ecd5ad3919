const isSpace = (mark: string | undefined) => mark === ' ' || mark === '\n' || mark === '\r' || mark === '\t'

/** How many characters of the source an escape in double quotes takes, by what follows its backslash. */
const escapes: Record<string, number> = { x: 4, u: 6, U: 10 }

/**
 * Where a character of a YAML or JSON scalar's value stands within its source, as near as can be told: indents, folded
 * lines, doubled quotes and escapes of the source are passed over.
 */
export function sourceOffset(source: string, value: string, offset: number): number {
  const quote = source[0] === '"' || source[0] === "'" ? source[0] : ''
  const isBlock = source[0] === '|' || source[0] === '>'
  let at = quote ? 1 : isBlock ? source.indexOf('\n') + 1 : 0
  for (let i = 0; i <= offset; i++) {
    while (at < source.length && source[at] !== value[i] && isSpace(source[at])) at += 1
    if (i === offset) break
    if (quote === '"' && source[at] === '\\') at += escapes[source[at + 1] ?? ''] ?? 2
    else if (quote === "'" && value[i] === "'") at += 2
    else if (source[at] === value[i]) at += 1
  }
  return Math.min(at, source.length)
}
