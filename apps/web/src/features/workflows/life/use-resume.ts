import type { Workflow } from '@orrery/shared-types'
import { announce, announceFailure } from '../../../components/ui/notices.ts'
import { useResumeWorkflow } from '../workflow.queries.ts'

export function useResume(workflow: Pick<Workflow, 'id'>) {
  const resume = useResumeWorkflow(workflow.id)
  const run = () =>
    resume.mutate(undefined, {
      onSuccess: () => announce('Runs begin again, first those that waited'),
      onError: (error) => announceFailure('The workflow was not resumed', error),
    })
  return { run, isPending: resume.isPending }
}
