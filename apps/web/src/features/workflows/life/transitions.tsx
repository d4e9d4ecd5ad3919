import type { WorkflowPhase, WorkflowTransition } from '@orrery/shared-types'
import { Archive, CircleCheck, CircleDashed, Pause } from 'lucide-react'
import { ListFoot } from '../../../components/ui/list-foot.tsx'
import { type Face, Mark } from '../../../components/ui/mark.tsx'
import { ErrorState, SkeletonRows } from '../../../components/ui/states.tsx'
import { At } from '../../../components/ui/time.tsx'
import { useListing } from '../../../lib/pages.ts'
import { workflowQueries } from '../workflow.queries.ts'
import { Who } from './who.tsx'

const faces: Record<WorkflowPhase, Omit<Face, 'word'>> = {
  draft: { Icon: CircleDashed, ink: 'text-ink-2' },
  published: { Icon: CircleCheck, ink: 'text-done' },
  paused: { Icon: Pause, ink: 'text-blocked' },
  archived: { Icon: Archive, ink: 'text-ink-3' },
}

/** What was done, rather than the state it led to. */
export function transitionWord({ fromStatus, toStatus, publishedVersion }: WorkflowTransition): string {
  if (fromStatus === null) return 'Created'
  if (toStatus === 'archived') return 'Retired'
  if (toStatus === 'paused') return fromStatus === 'paused' ? `Published v${publishedVersion}, still paused` : 'Paused'
  return fromStatus === 'paused' ? 'Resumed' : `Published v${publishedVersion}`
}

/** What became of the workflow, the latest first. */
export function Transitions({ workflowId }: { workflowId: string }) {
  const listing = useListing(workflowQueries.transitions(workflowId))
  if (listing.isPending) return <SkeletonRows rows={3} label="Loading what became of it" />
  if (listing.error)
    return <ErrorState compact what="What became of it could not be loaded" error={listing.error} onRetry={listing.retry} />
  if (listing.rows.length === 0)
    return <p className="px-4 py-3 text-sm text-ink-3">Nothing yet. Each time it is published, paused, resumed or retired is kept here.</p>
  return (
    <>
      <ol aria-label="What became of it" className="divide-y divide-line text-sm">
        {listing.rows.map((each) => (
          <li key={`${each.occurredAt} ${each.toStatus}`} className="flex flex-col gap-0.5 px-4 py-1.5">
            <span className="flex flex-wrap items-center gap-x-3">
              <Mark {...faces[each.toStatus]} word={transitionWord(each)} />
              <span className="ml-auto text-xs text-ink-3">
                <At at={each.occurredAt} /> by <Who id={each.actor.id} />
              </span>
            </span>
            {each.reason !== null && <span className="text-xs text-ink-2">“{each.reason}”</span>}
          </li>
        ))}
      </ol>
      <ListFoot listing={listing} className="px-4" />
    </>
  )
}
