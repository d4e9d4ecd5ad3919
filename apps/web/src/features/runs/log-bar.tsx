import type { Step } from '@orrery/shared-types'
import { ChevronDown, ChevronUp } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { IconButton } from '../../components/ui/button.tsx'
import { DownloadButton } from '../../components/ui/download-button.tsx'
import { Input } from '../../components/ui/field.tsx'
import { plural } from '../../lib/format.ts'
import type { LogSearch } from './log-search.ts'

/** Search within the log of a step, with how many lines there are, and the log as a file. */
export function LogBar({ runId, step, search, total }: { runId: string; step: Step; search: LogSearch; total: number }) {
  const { words, setWords, matches, at, move } = search
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    move(event.shiftKey ? -1 : 1)
  }
  const name = step.itemIndex === null ? step.key : `${step.key}-${step.itemIndex}`
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line p-2">
      <Input
        type="search"
        aria-label="Search the log"
        placeholder="Search the log"
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={onKeyDown}
        className="max-w-52 min-w-28 flex-1"
      />
      <IconButton label="Previous match (Shift Enter)" disabled={at === -1} onClick={() => move(-1)}>
        <ChevronUp size={14} />
      </IconButton>
      <IconButton label="Next match (Enter)" disabled={at === -1} onClick={() => move(1)}>
        <ChevronDown size={14} />
      </IconButton>
      <span role="status" className="tnum mr-auto text-xs whitespace-nowrap text-ink-3">
        {words.trim() === ''
          ? plural(total, 'line')
          : matches.length === 0
            ? 'No match'
            : `${at + 1} of ${plural(matches.length, 'match', 'matches')}`}
      </span>
      <DownloadButton
        path={`/runs/${runId}/logs/download`}
        query={{ stepId: step.id }}
        fileName={`${name}.log`}
        label="Download"
        title={`Download the log of ${name}`}
      />
    </div>
  )
}
