import type { Workflow } from '@orrery/shared-types'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { IconButton } from '../../../components/ui/button.tsx'
import { Menu, MenuItem, MenuNote, MenuSeparator } from '../../../components/ui/menu.tsx'
import { useCanManage, useCanOperate } from '../../../lib/project-scope.ts'
import { PauseDialog } from './pause-dialog.tsx'
import { RetireDialog } from './retire-dialog.tsx'
import { useResume } from './use-resume.ts'

/** What can become of a workflow besides being written and published. */
export function LifeActions({ workflow }: { workflow: Workflow }) {
  const [asking, setAsking] = useState<'pause' | 'retire' | null>(null)
  const navigate = useNavigate()
  const resume = useResume(workflow)
  const canOperate = useCanOperate(workflow.projectId)
  const canManage = useCanManage(workflow.projectId)
  const isRetired = workflow.status === 'archived'
  const canPause = canOperate && !isRetired && workflow.publishedVersion !== null
  const trigger = (
    <IconButton label="More about this workflow" className="size-8">
      <Ellipsis size={16} />
    </IconButton>
  )
  const close = () => setAsking(null)
  return (
    <>
      <Menu trigger={trigger} align="end">
        <MenuItem onSelect={() => void navigate(`/workflows/${workflow.id}/versions`)}>Versions and history</MenuItem>
        {canOperate && (
          <>
            <MenuSeparator />
            {workflow.pausedAt === null ? (
              <MenuItem disabled={!canPause} onSelect={() => setAsking('pause')}>
                Pause
              </MenuItem>
            ) : (
              <MenuItem onSelect={resume.run}>Resume</MenuItem>
            )}
          </>
        )}
        {canManage && !isRetired && (
          <MenuItem danger onSelect={() => setAsking('retire')}>
            Retire
          </MenuItem>
        )}
        {isRetired && <MenuNote>Retired: nothing of it starts any more</MenuNote>}
      </Menu>
      {asking === 'pause' && <PauseDialog workflow={workflow} onClose={close} />}
      {asking === 'retire' && <RetireDialog workflow={workflow} onClose={close} />}
    </>
  )
}
