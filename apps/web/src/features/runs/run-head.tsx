import type { Run } from '@orrery/shared-types'
import { useState } from 'react'
import { Link } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Freshness } from '../../components/ui/freshness.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { StatusGlyph, statusInk } from '../../components/ui/status.tsx'
import { At, Took } from '../../components/ui/time.tsx'
import { cx } from '../../lib/cx.ts'
import { shortRunId } from '../../lib/format.ts'
import { RepeatActions } from './repeat-actions.tsx'
import { useCancelRun } from './run.queries.ts'
import { runSentence, triggerWords } from './run-words.ts'
import { isFinal } from './step-rows.ts'

export function RunHead({ run, updatedAt, canOperate }: { run: Run; updatedAt: number; canOperate: boolean }) {
  return (
    <header className="flex flex-col gap-2 px-4 pt-5 sm:px-6">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="flex items-baseline gap-2 text-xl font-semibold tracking-tight">
            <Link to={`/workflows/${run.workflowId}`} className="truncate hover:underline" title={run.workflowName}>
              {run.workflowName}
            </Link>
            <span className="tnum text-base font-normal text-ink-3">v{run.workflowVersion}</span>
          </h1>
          <p role="status" className={cx('mt-1 flex items-center gap-2 text-lg font-medium', statusInk[run.status])}>
            <StatusGlyph status={run.status} size={16} />
            {runSentence(run, run.steps)}
          </p>
        </div>
        {canOperate && (
          <div className="flex flex-wrap items-center gap-2">
            {isFinal(run.status) ? <RepeatActions run={run} /> : <CancelRun run={run} />}
          </div>
        )}
      </div>
      <Facts run={run} updatedAt={updatedAt} />
      {run.error && <p className="rounded-md bg-failed-tint px-3 py-2 text-sm whitespace-pre-wrap text-failed">{run.error.message}</p>}
    </header>
  )
}

function Facts({ run, updatedAt }: { run: Run; updatedAt: number }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-2">
      <span>
        {triggerWords[run.trigger]}
        {run.scheduleId && (
          <>
            {' · '}
            <Link to={`/schedules/${run.scheduleId}`} className="link">
              see the schedule
            </Link>
          </>
        )}
        {run.originRunId && (
          <>
            {' from '}
            <Link to={`/runs/${run.originRunId}`} className="link" title={run.originRunId}>
              {shortRunId(run.originRunId)}
            </Link>
            {' · '}
            <Link to={`/runs/${run.id}/compare?with=${run.originRunId}`} className="link">
              Compare with origin
            </Link>
          </>
        )}
        {run.parentRunId && (
          <>
            {' · '}
            <Link to={`/runs/${run.parentRunId}`} className="link" title={run.parentRunId}>
              see its parent
            </Link>
          </>
        )}
      </span>
      <span>
        Created <At at={run.createdAt} />
      </span>
      <span>
        Duration <Took from={run.startedAt} to={run.endedAt} ms={run.durationMs} />
      </span>
      {run.costUsd !== null && <span className="tnum">Cost {run.costUsd.toFixed(4)} US$</span>}
      <span className="flex min-w-0 items-center">
        <code className="truncate font-mono text-xs text-ink-3">{run.id}</code>
        <CopyButton text={run.id} label="Copy run id" />
      </span>
      <span className="ml-auto">
        <Freshness updatedAt={updatedAt} />
      </span>
    </div>
  )
}

function CancelRun({ run }: { run: Run }) {
  const [asking, setAsking] = useState(false)
  const cancel = useCancelRun()
  const confirm = () =>
    cancel.mutate(run.id, {
      onSuccess: () => announce('The run is being canceled'),
      onError: (error) => announceFailure('The run could not be canceled', error),
      onSettled: () => setAsking(false),
    })
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        Cancel run
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title="Cancel this run?">
        <div className="flex flex-col gap-4 px-5 pt-2 pb-5">
          <p className="text-ink-2">
            Steps under way are stopped and the rest never start. What they already did outside stays done. A canceled run can’t be resumed.
          </p>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsking(false)}>Keep it running</Button>
            <Button look="danger" busy={cancel.isPending} onClick={confirm}>
              Cancel run
            </Button>
          </div>
        </div>
      </Dialog>
    </>
  )
}
