import type { WorkflowSummary } from '@orrery/shared-types'
import { CircleCheck, CircleDashed, PencilLine } from 'lucide-react'

/** Whether what runs is what was written last. */
export function WorkflowState({ workflow }: { workflow: Pick<WorkflowSummary, 'status' | 'publishedVersion' | 'latestVersion'> }) {
  const { status, publishedVersion, latestVersion } = workflow
  if (status === 'archived') return <span className="text-sm text-ink-3">Archived</span>
  if (publishedVersion === null) {
    return (
      <span className="inline-flex items-center gap-1.5 align-middle text-sm text-ink-2">
        <CircleDashed size={14} aria-hidden /> Draft
      </span>
    )
  }
  return (
    <span className="inline-flex items-center gap-1.5 align-middle text-sm text-done">
      <CircleCheck size={14} aria-hidden />
      <span className="tnum">Published v{publishedVersion}</span>
      {latestVersion > publishedVersion && (
        <span className="inline-flex items-center gap-1 text-blocked">
          <PencilLine size={13} aria-hidden />
          <span className="tnum">v{latestVersion} waits</span>
        </span>
      )}
    </span>
  )
}
