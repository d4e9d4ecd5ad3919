/** The first and last line of a step's text, counted from 1: from its key to before the next line that is indented no deeper. */
export function stepLines(text: string, line: number): { from: number; to: number } {
  const lines = text.split('\n')
  const indent = indentOf(lines[line - 1] ?? '')
  let to = line
  for (let at = line; at < lines.length; at += 1) {
    const next = lines[at] ?? ''
    if (next.trim() === '' || next.trim().startsWith('#')) continue
    if (indentOf(next) <= indent) break
    to = at + 1
  }
  return { from: line, to }
}

const indentOf = (line: string) => line.length - line.trimStart().length

/** The step that an error is about: `/steps/fetch/with/url` → fetch. */
export const stepOfPath = (path: string): string | null => /^\/(?:steps|finally|on-failure)\/([^/]+)/.exec(path)?.[1] ?? null
