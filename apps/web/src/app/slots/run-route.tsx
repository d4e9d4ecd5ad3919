import { lazy, Suspense } from 'react'
import { Skeleton } from '../../components/ui/states.tsx'
import { RunPage } from '../../features/runs/run-page.tsx'

// only who repeats a run needs the form of its inputs
const WorkflowInputs = lazy(async () => ({ default: (await import('../../features/workflows/workflow-inputs.tsx')).WorkflowInputs }))

export const RunRoute = () => (
  <RunPage
    inputs={({ workflowId, version, initial, onChange }) => (
      <Suspense fallback={<Skeleton className="h-24" />}>
        <WorkflowInputs workflowId={workflowId} version={version} initial={initial} onChange={onChange} />
      </Suspense>
    )}
  />
)
