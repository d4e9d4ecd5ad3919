import { NewSchedulePanel } from '../../features/schedules/new-schedule-panel.tsx'
import { filledInByTicks } from '../../features/schedules/schedule-words.tsx'
import { WorkflowInputs } from '../../features/workflows/workflow-inputs.tsx'
import { WorkflowPicker } from '../../features/workflows/workflow-picker.tsx'

export const NewScheduleRoute = () => (
  <NewSchedulePanel
    workflowPicker={({ value, onChange }) => <WorkflowPicker none="Choose a workflow" value={value} onChange={onChange} />}
    inputs={({ workflowId, onChange }) => (
      <WorkflowInputs key={workflowId} workflowId={workflowId} filledIn={filledInByTicks} onChange={onChange} />
    )}
  />
)
