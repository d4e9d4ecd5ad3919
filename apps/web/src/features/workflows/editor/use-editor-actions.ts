import type { Workflow } from '@orrery/shared-types'
import { announce, announceFailure } from '../../../components/ui/notices.ts'
import { usePublishWorkflow, useSaveWorkflow } from '../workflow.queries.ts'

type Options = { text: string; base: { text: string; version: number }; isDirty: boolean; onSaved: (text: string, version: number) => void }
export type EditorActions = { save: () => void; publish: () => void; isSaving: boolean; isPublishing: boolean }

/** Saving keeps a version; publishing makes the latest one the one that runs, saving first what isn't saved. */
export function useEditorActions(workflow: Workflow, { text, base, isDirty, onSaved }: Options): EditorActions {
  const save = useSaveWorkflow(workflow.id)
  const publish = usePublishWorkflow(workflow.id)
  const saveText = async () => {
    if (!isDirty) return
    const saved = await save.mutateAsync({ definition: text, ifMatch: base.version })
    onSaved(text, saved.version)
  }
  const doSave = async () => {
    if (!isDirty || save.isPending) return
    try {
      await saveText()
      announce('Saved')
    } catch (error) {
      announceFailure('The workflow was not saved', error)
    }
  }
  const doPublish = async () => {
    try {
      await saveText()
      const published = await publish.mutateAsync(undefined)
      onSaved(text, published.version)
      announce(`Version ${published.publishedVersion} is published`)
    } catch (error) {
      announceFailure('The workflow was not published', error)
    }
  }
  return { save: () => void doSave(), publish: () => void doPublish(), isSaving: save.isPending, isPublishing: publish.isPending }
}
