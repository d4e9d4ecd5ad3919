import { EditSchedulePanel } from '../../features/schedules/edit-schedule-panel.tsx'
import { filledInByTicks } from '../../features/schedules/schedule-words.tsx'
import { WorkflowInputs } from '../../features/workflows/workflow-inputs.tsx'

export const EditScheduleRoute = () => (
  <EditSchedulePanel
    inputs={({ workflowId, initial, onChange }) => (
      <WorkflowInputs workflowId={workflowId} initial={initial} filledIn={filledInByTicks} onChange={onChange} />
    )}
  />
)
