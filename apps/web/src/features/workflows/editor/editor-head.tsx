import type { Workflow } from '@orrery/shared-types'
import { Play } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, ButtonLink } from '../../../components/ui/button.tsx'
import { Kbd, modKey } from '../../../components/ui/kbd.tsx'
import { LifeActions } from '../life/life-actions.tsx'
import { StandNote } from '../life/stand-note.tsx'
import { WorkflowState } from '../workflow-state.tsx'
import type { EditorActions } from './use-editor-actions.ts'
import type { Check } from './use-verdict.ts'

type HeadProps = {
  workflow: Workflow
  check: Check
  isDirty: boolean
  actions: EditorActions
  onDiscard: () => void
  onRun: () => void
  /** Set when somebody else saved meanwhile: takes over what they saved. */
  movedOn: (() => void) | null
}

export function EditorHead(props: HeadProps) {
  const { workflow } = props
  return (
    <header className="flex flex-col gap-2">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="truncate text-xl font-semibold tracking-tight" title={workflow.name}>
            {workflow.name}
          </h1>
          <p className="flex flex-wrap items-center gap-x-3 text-sm text-ink-2">
            <WorkflowState workflow={workflow} />
            <code className="font-mono text-xs text-ink-3">{workflow.slug}</code>
            <ButtonLink to={`/runs?workflowId=${workflow.id}`} look="quiet" size="sm">
              See its runs
            </ButtonLink>
            <ButtonLink to={`/workflows/${workflow.id}/versions`} look="quiet" size="sm">
              Versions
            </ButtonLink>
          </p>
        </div>
        <Actions {...props} />
      </div>
      <StandNote workflow={workflow} />
      <Unsaved {...props} />
    </header>
  )
}

function Actions({ workflow, check, isDirty, actions, onRun }: HeadProps) {
  const isRetired = workflow.status === 'archived'
  const isPublished = workflow.publishedVersion !== null && !isRetired
  const canPublish = !isRetired && check.phase === 'valid' && (isDirty || workflow.publishedVersion !== workflow.latestVersion)
  const why = check.phase === 'invalid' ? 'Mend the problems first' : undefined
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        onClick={onRun}
        disabled={!isPublished}
        title={isPublished ? 'Start a run of the published version' : isRetired ? 'Nothing of it starts any more' : 'Publish it first'}
      >
        <Play size={14} aria-hidden />
        Run
      </Button>
      <Button onClick={actions.save} busy={actions.isSaving} disabled={!isDirty || isRetired}>
        Save <Kbd>{modKey}S</Kbd>
      </Button>
      <Button look="primary" onClick={actions.publish} busy={actions.isPublishing} disabled={!canPublish} title={why}>
        {isDirty ? 'Save and publish' : 'Publish'}
      </Button>
      <LifeActions workflow={workflow} />
    </div>
  )
}

function Unsaved({ isDirty, movedOn, onDiscard }: HeadProps) {
  if (movedOn) {
    const text = isDirty
      ? 'This workflow was saved elsewhere since you began. Saving yours would be refused.'
      : 'This workflow was saved elsewhere; here is what it was before.'
    return (
      <Note
        action={
          <Button size="sm" onClick={movedOn}>
            {isDirty ? 'Take the saved one' : 'Show it'}
          </Button>
        }
      >
        {text}
      </Note>
    )
  }
  if (!isDirty) return null
  const discard = (
    <Button size="sm" look="quiet" onClick={onDiscard}>
      Discard
    </Button>
  )
  return <Note action={discard}>Not saved yet. This browser keeps what you wrote.</Note>
}

function Note({ children, action }: { children: ReactNode; action: ReactNode }) {
  return (
    <div
      role="status"
      className="flex flex-wrap items-center justify-between gap-2 rounded-md bg-blocked-tint px-3 py-1 text-sm text-blocked"
    >
      <span>{children}</span>
      {action}
    </div>
  )
}
