import type { LogBatch } from '@orrery/shared-types'

export type LogLines = LogBatch['lines']
/** What an attempt has logged so far. More lines than may be kept means that its last word was said. */
export type Logged = { lines: number; bytes: number }

export const maxLogLines = 10_000
export const maxLogBytes = 16 * 1024 * 1024

/** The lines of an attempt that are kept. After the last one there is room for comes one that says so, and nothing more. */
export function admit(before: Logged, lines: LogLines): { kept: LogLines; after: Logged } {
  const kept: LogLines = []
  const after = { ...before }
  if (before.lines > maxLogLines) return { kept, after }
  for (const line of lines) {
    const bytes = after.bytes + Buffer.byteLength(line.text)
    if (after.lines === maxLogLines || bytes > maxLogBytes) {
      const limit = `${maxLogLines} lines and ${maxLogBytes / 1024 / 1024} MB`
      kept.push({ at: line.at, stream: 'system', text: `Further lines are not kept: an attempt may write ${limit}` })
      after.lines = maxLogLines + 1
      break
    }
    after.lines += 1
    after.bytes = bytes
    kept.push(line)
  }
  return { kept, after }
}
