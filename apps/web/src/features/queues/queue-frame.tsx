import type { ReactNode } from 'react'
import { Outlet, useNavigate } from 'react-router'
import { Page } from '../../components/ui/page.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'

type FrameProps = { tab: 'queues' | 'dead-letters'; answer: ReactNode; actions?: ReactNode; children: ReactNode; below?: ReactNode }

/** What waits and what was given up are two faces of one place. */
export function QueueFrame({ tab, answer, actions, children, below }: FrameProps) {
  const navigate = useNavigate()
  const tabs = [
    { value: 'queues', label: 'Queues', content: tab === 'queues' ? children : null },
    { value: 'dead-letters', label: 'Dead letters', content: tab === 'dead-letters' ? children : null },
  ]
  return (
    <Page title={tab === 'queues' ? 'Queues' : 'Dead letters'} answer={answer} actions={actions}>
      <div className="flex min-w-0 flex-col rounded-md border border-line bg-surface">
        <Tabs value={tab} onChange={(next) => void navigate(next === 'queues' ? '/queues' : '/queues/dead-letters')} tabs={tabs} />
      </div>
      {below}
      <Outlet />
    </Page>
  )
}
