import { useListing } from '../../lib/pages.ts'
import { workflowQueries } from './workflow.queries.ts'
import { WorkflowTable } from './workflow-table.tsx'
import { NoWorkflows } from './workflows-page.tsx'

export function ProjectWorkflows({ projectId }: { projectId: string }) {
  return <WorkflowTable bare listing={useListing(workflowQueries.list({ projectId }))} empty={<NoWorkflows />} />
}
