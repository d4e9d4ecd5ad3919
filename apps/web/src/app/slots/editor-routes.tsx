import { useQueueNames } from '../../features/queues/use-queue-names.ts'
import { EditorPage } from '../../features/workflows/editor-page.tsx'
import { NewWorkflowPage } from '../../features/workflows/new-workflow-page.tsx'

export const EditorRoute = () => <EditorPage useQueueNames={useQueueNames} />

export const NewWorkflowRoute = () => <NewWorkflowPage useQueueNames={useQueueNames} />
