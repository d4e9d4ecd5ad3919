import { ProjectPage } from '../features/projects/project-page.tsx'
import { RunPage } from '../features/runs/run-page.tsx'
import { RunsPage } from '../features/runs/runs-page.tsx'
import { NewSchedulePanel } from '../features/schedules/new-schedule-panel.tsx'
import { TaskList } from '../features/tasks/task-list.tsx'
import { NewHookPanel } from '../features/webhooks/new-hook-panel.tsx'
import { ProjectWorkflows } from '../features/workflows/project-workflows.tsx'
import { WorkflowInputs } from '../features/workflows/workflow-inputs.tsx'
import { WorkflowPicker } from '../features/workflows/workflow-picker.tsx'
import { roleAtLeast } from '../lib/roles.ts'

// Features don't know each other; where one shows a piece of another, it is put in here.

export const RunsRoute = () => (
  <RunsPage
    workflowPicker={({ value, onChange }) => <WorkflowPicker label="Workflow" none="Any workflow" value={value} onChange={onChange} />}
  />
)

export const RunRoute = () => (
  <RunPage
    inputs={({ workflowId, version, initial, onChange }) => (
      <WorkflowInputs workflowId={workflowId} version={version} initial={initial} onChange={onChange} />
    )}
  />
)

export const ProjectRoute = () => (
  <ProjectPage
    workflows={(project) => <ProjectWorkflows projectId={project.id} />}
    tasks={(project) => <TaskList projectId={project.id} canChange={roleAtLeast(project.role, 'operator')} />}
  />
)

export const NewScheduleRoute = () => (
  <NewSchedulePanel
    workflowPicker={({ value, onChange }) => <WorkflowPicker none="Choose a workflow" value={value} onChange={onChange} />}
    inputs={({ workflowId, onChange }) => <WorkflowInputs key={workflowId} workflowId={workflowId} onChange={onChange} />}
  />
)

export const NewHookRoute = () => (
  <NewHookPanel workflowPicker={({ value, onChange }) => <WorkflowPicker none="Choose a workflow" value={value} onChange={onChange} />} />
)
