import type { Workflow } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useParams, useSearchParams } from 'react-router'
import { useTitle } from '../../components/ui/page.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { useHotkeys } from '../../lib/hotkeys.ts'
import { keepDraft, readDraft } from './editor/draft.ts'
import { EditorHead } from './editor/editor-head.tsx'
import { useEditorActions } from './editor/use-editor-actions.ts'
import { useVerdict } from './editor/use-verdict.ts'
import { Workbench } from './editor/workbench.tsx'
import { RunPanel } from './run-panel.tsx'
import { textOf } from './version-inputs.ts'
import { workflowQueries } from './workflow.queries.ts'

/** The queues of a project that a step may use, told by who knows queues. */
export type UseQueueNames = (projectId: string) => readonly string[]

export function EditorPage({ useQueueNames }: { useQueueNames: UseQueueNames }) {
  const { workflowId = '' } = useParams()
  const { data, error, isPending, refetch } = useQuery(workflowQueries.detail(workflowId))
  const queues = useQueueNames(data?.projectId ?? '')
  useTitle(data?.name ?? 'Workflow')
  if (isPending) return <SkeletonRows isPage rows={12} label="Loading workflow" />
  if (!data) return <ErrorState isPage what="The workflow could not be loaded" error={error} onRetry={() => void refetch()} />
  return <Editor key={data.id} workflow={data} queues={queues} />
}

function Editor({ workflow, queues }: { workflow: Workflow; queues: readonly string[] }) {
  const saved = textOf(workflow.definition)
  const [draft] = useState(() => readDraft(workflow.id))
  const [base, setBase] = useState({ text: saved, version: workflow.version })
  const [text, setText] = useState(draft?.text ?? saved)
  const [opening, setOpening] = useState({ text, round: 0 })
  const [search, setSearch] = useSearchParams()
  const check = useVerdict(text)
  const isDirty = text !== base.text
  useEffect(() => keepDraft(workflow.id, isDirty ? { text, from: base.version } : null), [workflow.id, isDirty, text, base.version])
  const actions = useEditorActions(workflow, { text, base, isDirty, onSaved: (text, version) => setBase({ text, version }) })
  const reopen = (text: string) => {
    setText(text)
    setOpening(({ round }) => ({ text, round: round + 1 }))
  }
  const showRun = (on: boolean) => setSearch(on ? { run: '1' } : {}, { replace: true })
  useHotkeys({ 'mod+s': actions.save })
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 px-4 pt-5 pb-4 sm:px-6">
      <EditorHead
        workflow={workflow}
        check={check}
        isDirty={isDirty}
        actions={actions}
        onDiscard={() => reopen(base.text)}
        onRun={() => showRun(true)}
        movedOn={
          workflow.version > base.version
            ? () => {
                setBase({ text: saved, version: workflow.version })
                reopen(saved)
              }
            : null
        }
      />
      <Workbench
        key={opening.round}
        initial={opening.text}
        text={text}
        check={check}
        queues={queues}
        onChange={setText}
        onSave={actions.save}
      />
      {search.get('run') && workflow.publishedVersion !== null && <RunPanel workflow={workflow} onClose={() => showRun(false)} />}
    </div>
  )
}
