import type { WorkflowSummary } from '@orrery/shared-types'
import { Archive, CircleCheck, CircleDashed, Pause, PencilLine } from 'lucide-react'
import { exact } from '../../lib/format.ts'

type Stand = Pick<WorkflowSummary, 'status' | 'publishedVersion' | 'latestVersion' | 'pausedAt'>

/** Whether what runs is what was written last, and whether anything runs at all. */
export function WorkflowState({ workflow }: { workflow: Stand }) {
  const { status, publishedVersion, latestVersion, pausedAt } = workflow
  if (status === 'archived') {
    return (
      <span className="inline-flex items-center gap-1.5 align-middle text-sm text-ink-3">
        <Archive size={14} aria-hidden /> Retired
      </span>
    )
  }
  if (publishedVersion === null) {
    return (
      <span className="inline-flex items-center gap-1.5 align-middle text-sm text-ink-2">
        <CircleDashed size={14} aria-hidden /> Draft
      </span>
    )
  }
  return (
    <span className={`inline-flex items-center gap-1.5 align-middle text-sm ${pausedAt === null ? 'text-done' : 'text-blocked'}`}>
      {pausedAt === null ? <CircleCheck size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
      <span className="tnum" title={pausedAt === null ? undefined : `Paused since ${exact(pausedAt)}`}>
        {pausedAt === null ? 'Published' : 'Paused'} v{publishedVersion}
      </span>
      {latestVersion > publishedVersion && (
        <span className="inline-flex items-center gap-1 text-blocked">
          <PencilLine size={13} aria-hidden />
          <span className="tnum">v{latestVersion} waits</span>
        </span>
      )}
    </span>
  )
}
