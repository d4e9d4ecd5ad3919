import { NewHookPanel } from '../../features/webhooks/new-hook-panel.tsx'
import { WorkflowPicker } from '../../features/workflows/workflow-picker.tsx'

export const NewHookRoute = () => (
  <NewHookPanel workflowPicker={({ value, onChange }) => <WorkflowPicker none="Choose a workflow" value={value} onChange={onChange} />} />
)
