import type { Workflow } from '@orrery/shared-types'
import { useNavigate } from 'react-router'
import { ConfirmByName } from '../../../components/ui/dialog.tsx'
import { announce, announceFailure } from '../../../components/ui/notices.ts'
import { useRetireWorkflow } from '../workflow.queries.ts'

export function RetireDialog({ workflow, onClose }: { workflow: Workflow; onClose: () => void }) {
  const retire = useRetireWorkflow(workflow.id)
  const navigate = useNavigate()
  const confirm = () =>
    retire.mutate(undefined, {
      onSuccess: () => {
        announce('The workflow is retired')
        void navigate('/workflows')
      },
      onError: (error) => announceFailure('The workflow was not retired', error),
    })
  return (
    <ConfirmByName
      open
      onClose={onClose}
      title="Retire this workflow?"
      verb="Retire workflow"
      typed={workflow.slug}
      busy={retire.isPending}
      onConfirm={confirm}
    >
      Nothing of it starts any more, by hand or by its schedules, and it can’t be brought back. Runs that have begun go on; its runs and
      versions stay to be read. To stop it for a while, pause it instead.
    </ConfirmByName>
  )
}
