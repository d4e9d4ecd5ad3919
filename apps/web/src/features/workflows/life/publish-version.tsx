import type { Workflow } from '@orrery/shared-types'
import { Button } from '../../../components/ui/button.tsx'
import { announce, announceFailure } from '../../../components/ui/notices.ts'
import { useCanOperate } from '../../../lib/project-scope.ts'
import { usePublishWorkflow } from '../workflow.queries.ts'

/** Lets new runs take another version: a newer one, or an older one to roll back to. */
export function PublishVersion({ workflow, version }: { workflow: Workflow; version: number }) {
  const publish = usePublishWorkflow(workflow.id)
  const canOperate = useCanOperate(workflow.projectId)
  const { publishedVersion, status } = workflow
  if (!canOperate || status === 'archived') return null
  if (version === publishedVersion) return <p className="ml-auto text-sm text-done">New runs take version {version}.</p>
  const isBack = publishedVersion !== null && version < publishedVersion
  const back = () => {
    if (publishedVersion === null) return
    publish.mutate(publishedVersion, { onError: (error) => announceFailure(`Version ${publishedVersion} was not published again`, error) })
  }
  const run = () =>
    publish.mutate(version, {
      onSuccess: () =>
        announce(`New runs take version ${version}`, publishedVersion === null ? undefined : { label: 'Undo', onClick: back }),
      onError: (error) => announceFailure('The version was not published', error),
    })
  return (
    <div className="ml-auto flex flex-wrap items-center justify-end gap-x-3 gap-y-1">
      <p className="text-xs text-ink-3">{effect(publishedVersion, version)}</p>
      <Button size="sm" look="primary" busy={publish.isPending} onClick={run}>
        {isBack ? `Roll back to version ${version}` : `Publish version ${version}`}
      </Button>
    </div>
  )
}

function effect(published: number | null, version: number): string {
  if (published === null) return `Runs can then begin, with version ${version}.`
  return `New runs then take ${version} in place of ${published}; runs that have begun keep theirs.`
}
