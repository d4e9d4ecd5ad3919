import type { Run, Step } from '@orrery/shared-types'
import { GitFork, X } from 'lucide-react'
import { Link, useSearchParams } from 'react-router'
import { ButtonLink, IconButton } from '../../components/ui/button.tsx'
import { JsonView } from '../../components/ui/json-view.tsx'
import { StatusBadge } from '../../components/ui/status.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { At, Took } from '../../components/ui/time.tsx'
import { shortRunId } from '../../lib/format.ts'
import { Artifacts } from './artifacts.tsx'
import { repeatTo } from './repeat-panel.tsx'
import { stepWord } from './run-words.ts'
import type { Segment } from './segments.ts'
import { StepLogs } from './step-logs.tsx'
import { isKept } from './step-rows.ts'
import { StepTimes } from './step-times.tsx'

type StepDetailProps = { run: Run; step: Step; segments: Segment[] | undefined; canFork: boolean; onClose: () => void }

/** Everything about the selected step. Which face is shown stands in the address. */
export function StepDetail({ run, step, segments, canFork, onClose }: StepDetailProps) {
  const [search, setSearch] = useSearchParams()
  const show = (tab: string) =>
    setSearch((before) => new URLSearchParams([...[...before].filter(([name]) => name !== 'show'), ['show', tab]]), { replace: true })
  const name = step.itemIndex === null ? step.key : `${step.key}[${step.itemIndex}]`
  const tabs = [
    { value: 'output', label: 'Output', content: <Output step={step} /> },
    { value: 'input', label: 'Input', content: <Value value={step.input} label="Input" none="This step took no input." /> },
    { value: 'times', label: 'Attempts', content: <StepTimes step={step} segments={segments} /> },
    { value: 'artifacts', label: 'Artifacts', content: <Artifacts run={run} step={step} /> },
    { value: 'logs', label: 'Logs', content: <StepLogs key={step.id} runId={run.id} step={step} /> },
  ]
  return (
    <section aria-label={`Step ${name}`} className="flex min-h-0 flex-1 flex-col">
      <header className="flex flex-col gap-2 border-b border-line px-4 py-3">
        <div className="flex items-center gap-2">
          <h2 className="min-w-0 flex-1 truncate font-semibold" title={name}>
            {name}
          </h2>
          <StatusBadge status={step.status} word={stepWord(step)} tint />
          {canFork && (
            <ButtonLink size="sm" to={repeatTo(search, 'fork', step.id)} title="Start a new run from this step with the results before it">
              <GitFork size={13} aria-hidden />
              Fork from here
            </ButtonLink>
          )}
          <IconButton label="Close step (Esc)" onClick={onClose}>
            <X size={15} />
          </IconButton>
        </div>
        {isKept(run, step) && <p className="text-sm text-ink-2">Kept from the origin: it did not run again here.</p>}
        <Facts step={step} />
      </header>
      <Tabs value={search.get('show') ?? 'output'} onChange={show} tabs={tabs} />
    </section>
  )
}

function Facts({ step }: { step: Step }) {
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-1 text-xs sm:grid-cols-4 [&_dt]:text-ink-3">
      <div>
        <dt>Executor</dt>
        <dd className="truncate font-mono">{step.uses}</dd>
      </div>
      <div>
        <dt>Attempt</dt>
        <dd className="tnum">{step.attempt === 0 ? 'not started' : step.attempt}</dd>
      </div>
      <div>
        <dt>{step.attempt > 1 ? 'Before it' : 'Waited'}</dt>
        <dd>{step.queuedAt ? <Took from={step.queuedAt} to={step.startedAt ?? step.endedAt} /> : '–'}</dd>
      </div>
      <div>
        <dt>Started</dt>
        <dd>
          <At at={step.startedAt} />
        </dd>
      </div>
      {step.childRunId && (
        <div>
          <dt>Child run</dt>
          <dd>
            <Link to={`/runs/${step.childRunId}`} className="link" title={step.childRunId}>
              {shortRunId(step.childRunId)}
            </Link>
          </dd>
        </div>
      )}
    </dl>
  )
}

function Output({ step }: { step: Step }) {
  return (
    <div className="flex flex-col gap-3 overflow-y-auto p-4">
      {step.error && (
        <div role="group" aria-label="Error" className="rounded-md border border-failed-line bg-failed-tint px-3 py-2 text-sm">
          <p className="font-mono text-xs text-failed">{step.error.code}</p>
          <p className="whitespace-pre-wrap">{step.error.message}</p>
        </div>
      )}
      <OutputValue step={step} />
    </div>
  )
}

function OutputValue({ step }: { step: Step }) {
  if (step.skipped) return <p className="text-sm text-ink-3">Skipped: its condition was false, or a step that it needs did not succeed.</p>
  if (step.output !== null && step.output !== undefined) return <JsonView value={step.output} label="Output" />
  if (step.error) return null
  const isWaiting = step.status !== 'done'
  return <p className="text-sm text-ink-3">{isWaiting ? 'The output appears here when the step ends.' : 'This step gave no output.'}</p>
}

function Value({ value, label, none }: { value: unknown; label: string; none: string }) {
  const isEmpty = value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)
  return (
    <div className="overflow-y-auto p-4">
      {isEmpty ? <p className="text-sm text-ink-3">{none}</p> : <JsonView value={value} label={label} />}
    </div>
  )
}
