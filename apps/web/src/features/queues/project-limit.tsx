import type { QueueList } from '@orrery/shared-types'
import { Pause } from 'lucide-react'
import { ButtonLink } from '../../components/ui/button.tsx'
import { Mark } from '../../components/ui/mark.tsx'
import { At } from '../../components/ui/time.tsx'
import { plural } from '../../lib/format.ts'

type Whole = NonNullable<QueueList['project']>

/** What bounds all queues of a project together, and the way to change it. */
export function ProjectLimit({ whole: { running, limit, pausedAt }, search }: { whole: Whole; search: string }) {
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-1 text-sm">
      <span className="font-medium">All queues together</span>
      <span className="tnum text-ink-2">
        {plural(running, 'step runs', 'steps run')}
        {limit === null ? ', no limit' : ` of at most ${limit.toLocaleString('en')}`}
      </span>
      {pausedAt !== null && (
        <span className="inline-flex items-center gap-2">
          <Mark Icon={Pause} word="Paused" ink="text-blocked" />
          <span className="text-xs text-ink-3">
            since <At at={pausedAt} />
          </span>
        </span>
      )}
      <ButtonLink to={`/queues/all${search}`} size="sm" className="ml-auto">
        Pause or bound all
      </ButtonLink>
    </div>
  )
}
