import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'

const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const longest = 200_000

function paint(text: string): ReactNode[] {
  const parts: ReactNode[] = []
  let at = 0
  for (const match of text.matchAll(token)) {
    const [whole, string, colon, word] = match
    parts.push(text.slice(at, match.index))
    at = match.index + whole.length
    const color = string
      ? colon
        ? 'text-[var(--code-key)]'
        : 'text-[var(--code-string)]'
      : word
        ? 'text-[var(--code-atom)]'
        : 'text-[var(--code-number)]'
    const isText = string !== undefined && colon === undefined && string.includes('\\n')
    parts.push(
      isText ? (
        <Lines key={match.index} text={string} />
      ) : (
        <span key={match.index} className={color}>
          {string && colon ? string : whole}
        </span>
      ),
      string && colon ? colon : '',
    )
  }
  return [...parts, text.slice(at)]
}

/** Text of several lines is shown in lines; what is copied has them as JSON writes them. */
function Lines({ text }: { text: string }) {
  return <span className="my-1 ml-4 block border-l-2 border-line-strong pl-3 text-[var(--code-string)]">{JSON.parse(text) as string}</span>
}

/** A value as it is, to read and to copy. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  const full = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  const shown = full.slice(0, longest)
  return (
    <div className="group relative min-w-0 rounded-md border border-line bg-canvas">
      <div className="absolute top-1 right-1 rounded-md bg-canvas">
        <CopyButton text={full} label={`Copy ${label.toLowerCase()}`} />
      </div>
      <pre
        tabIndex={0}
        role="group"
        aria-label={label}
        className="max-h-[28rem] overflow-auto p-3 pr-10 font-mono text-xs leading-5 whitespace-pre-wrap"
      >
        {typeof value === 'string' ? shown : paint(shown)}
      </pre>
      {full.length > longest && (
        <p className="border-t border-line px-3 py-1.5 text-xs text-ink-3">
          The first {longest.toLocaleString('en')} characters; copy for all of it.
        </p>
      )}
    </div>
  )
}
