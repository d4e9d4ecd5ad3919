import { RunsPage } from '../../features/runs/runs-page.tsx'
import { WorkflowPicker } from '../../features/workflows/workflow-picker.tsx'

export const RunsRoute = () => (
  <RunsPage
    workflowPicker={({ value, onChange }) => <WorkflowPicker label="Workflow" none="Any workflow" value={value} onChange={onChange} />}
  />
)
