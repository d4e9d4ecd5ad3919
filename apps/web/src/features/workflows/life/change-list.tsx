import type { DefinitionChange } from '@orrery/shared-types'
import { Minus, PencilLine, Plus } from 'lucide-react'
import { cx } from '../../../lib/cx.ts'
import { plural } from '../../../lib/format.ts'

const faces = {
  added: { Icon: Plus, word: 'Added', ink: 'text-done' },
  removed: { Icon: Minus, word: 'Removed', ink: 'text-failed' },
  changed: { Icon: PencilLine, word: 'Changed', ink: 'text-blocked' },
} as const

/** What differs in meaning, whatever the text around it does. */
export function ChangeList({ changes }: { changes: readonly DefinitionChange[] }) {
  if (changes.length === 0)
    return <p className="px-4 py-3 text-sm text-ink-3">They mean the same: only the writing differs, such as comments, order or spaces.</p>
  return (
    <section aria-label="What changed">
      <h3 className="px-4 pt-2 pb-1 text-xs text-ink-3">{plural(changes.length, 'change')} in meaning</h3>
      <ul className="max-h-72 divide-y divide-line overflow-y-auto">
        {changes.map((change) => (
          <Change key={change.path} change={change} />
        ))}
      </ul>
    </section>
  )
}

function Change({ change: { path, kind, before, after } }: { change: DefinitionChange }) {
  const { Icon, word, ink } = faces[kind]
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 px-4 py-1.5 text-sm">
      <span className={cx('inline-flex w-20 items-center gap-1.5 self-start font-medium', ink)}>
        <Icon size={13} aria-hidden />
        {word}
      </span>
      <code className="min-w-0 flex-1 font-mono text-xs break-all">{path === '' ? 'the whole definition' : path}</code>
      <span className="flex w-full min-w-0 flex-wrap items-baseline gap-x-2 pl-[5.75rem] font-mono text-xs text-ink-2 max-sm:pl-0">
        {kind !== 'added' && <Value value={before} label="before" />}
        {kind === 'changed' && <span aria-hidden>→</span>}
        {kind !== 'removed' && <Value value={after} label="after" />}
      </span>
    </li>
  )
}

const longest = 300

function Value({ value, label }: { value: unknown; label: string }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return (
    <span className="min-w-0 break-words whitespace-pre-wrap">
      <span className="sr-only">{label}: </span>
      {text.length > longest ? `${text.slice(0, longest)}…` : text}
    </span>
  )
}
