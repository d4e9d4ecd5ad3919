import { jsonDiff } from './json-diff.ts'

const limit = 100
const longest = 2000

type Names = { left: string; right: string }

/** Only what differs between two values, place by place. */
export function JsonDiffView({ left, right, names }: { left: unknown; right: unknown; names: Names }) {
  const changes = jsonDiff(left, right, limit)
  if (changes.length === 0) return <p className="text-sm text-ink-3">Nothing differs but the order of fields.</p>
  return (
    <ul className="flex flex-col gap-2">
      {changes.map((change) => (
        <li key={change.path} className="min-w-0 rounded-md border border-line bg-canvas font-mono text-xs leading-5">
          {change.path !== '' && <p className="border-b border-line px-3 py-0.5 break-all text-ink-2">{change.path}</p>}
          <Side mark="−" name={names.left} value={change.left} className="bg-failed-tint" />
          <Side mark="+" name={names.right} value={change.right} className="bg-done-tint" />
        </li>
      ))}
      {changes.length === limit && <li className="text-xs text-ink-3">The first {limit} differences.</li>}
    </ul>
  )
}

function Side({ mark, name, value, className }: { mark: string; name: string; value: unknown; className: string }) {
  if (value === undefined) return null
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return (
    <div className={`flex gap-2 px-3 py-0.5 ${className}`}>
      <span aria-hidden>{mark}</span>
      <span className="sr-only">{name}: </span>
      <pre className="max-h-48 min-w-0 flex-1 overflow-y-auto break-all whitespace-pre-wrap">
        {text.length > longest ? `${text.slice(0, longest)} …` : text}
      </pre>
    </div>
  )
}
