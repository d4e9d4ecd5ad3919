import type { Workflow } from '@orrery/shared-types'
import { Button } from '../../../components/ui/button.tsx'
import { At } from '../../../components/ui/time.tsx'
import { useListing } from '../../../lib/pages.ts'
import { useCanOperate } from '../../../lib/project-scope.ts'
import { workflowQueries } from '../workflow.queries.ts'
import { useResume } from './use-resume.ts'
import { Who } from './who.tsx'

/** Says at the head of a workflow that nothing of it starts, since when and why. */
export function StandNote({ workflow }: { workflow: Workflow }) {
  if (workflow.status === 'archived')
    return (
      <p className="rounded-md bg-raised px-3 py-1.5 text-sm text-ink-2">
        Retired: nothing of it starts any more. Its runs and versions stay.
      </p>
    )
  return workflow.pausedAt === null ? null : <Paused workflow={workflow} pausedAt={workflow.pausedAt} />
}

function Paused({ workflow, pausedAt }: { workflow: Workflow; pausedAt: string }) {
  const canOperate = useCanOperate(workflow.projectId)
  const resume = useResume(workflow)
  const { rows } = useListing(workflowQueries.transitions(workflow.id))
  const paused = rows.find((each) => each.toStatus === 'paused' && each.fromStatus !== 'paused')
  return (
    <section
      aria-label="Paused"
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 rounded-md border border-blocked-line bg-blocked-tint px-3 py-1.5 text-sm"
    >
      <p className="min-w-0 flex-1 basis-72">
        <span className="font-medium">
          Paused since <At at={pausedAt} />
          {paused && (
            <>
              {' by '}
              <Who id={paused.actor.id} />
            </>
          )}
          .
        </span>{' '}
        New runs wait, and ticks of its schedules are skipped.
        {paused?.reason && <span className="block text-ink-2">“{paused.reason}”</span>}
      </p>
      {canOperate && (
        <Button size="sm" busy={resume.isPending} onClick={resume.run}>
          Resume
        </Button>
      )}
    </section>
  )
}
