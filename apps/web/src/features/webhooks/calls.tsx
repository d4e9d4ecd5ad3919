import type { HookCall, HookCallOutcome } from '@orrery/shared-types'
import { Check, Repeat, SquareX } from 'lucide-react'
import { Link } from 'react-router'
import { type Face, Mark } from '../../components/ui/mark.tsx'
import { RecordList } from '../../components/ui/record-list.tsx'
import { At } from '../../components/ui/time.tsx'
import { useListing } from '../../lib/pages.ts'
import { hookQueries } from './hook.queries.ts'
import { reasonWord } from './hook-words.ts'

/** What came in, the latest first. */
export function Calls({ hookId }: { hookId: string }) {
  return (
    <RecordList
      label="Calls"
      listing={useListing(hookQueries.calls(hookId))}
      none="Nobody has called yet. Each call is kept here: the run it started, or why it was refused."
    >
      {(call) => <Call key={call.id} call={call} />}
    </RecordList>
  )
}

const faces: Record<HookCallOutcome, Face> = {
  accepted: { Icon: Check, word: 'Accepted', ink: 'text-done' },
  repeated: { Icon: Repeat, word: 'Repeated', ink: 'text-ink-2' },
  rejected: { Icon: SquareX, word: 'Refused', ink: 'text-failed' },
}

function Call({ call }: { call: HookCall }) {
  return (
    <li className="flex min-h-8 flex-wrap items-center gap-x-3 px-3 py-1">
      <Mark {...faces[call.outcome]} />
      <At at={call.at} />
      <span className="text-ink-2">{reasonWord(call.reason)}</span>
      {call.runId && (
        <Link to={`/runs/${call.runId}`} className="link ml-auto" aria-label={`See the run of ${call.at}`}>
          See the run
        </Link>
      )}
      {call.detail !== null && <span className="w-full pb-0.5 text-xs text-ink-3">{call.detail}</span>}
    </li>
  )
}
