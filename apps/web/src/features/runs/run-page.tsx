import type { Run, Step } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { useParams, useSearchParams } from 'react-router'
import { Graph } from '../../components/graph/graph.tsx'
import type { NodeState } from '../../components/graph/graph-view.tsx'
import { JsonView } from '../../components/ui/json-view.tsx'
import { Card, useTitle } from '../../components/ui/page.tsx'
import { ErrorState, Skeleton, SkeletonRows } from '../../components/ui/states.tsx'
import { statusWords } from '../../components/ui/status.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { cx } from '../../lib/cx.ts'
import { useHotkeys } from '../../lib/hotkeys.ts'
import { useTopics } from '../../lib/live-store.ts'
import { useCanOperate } from '../../lib/project-scope.ts'
import { Artifacts } from './artifacts.tsx'
import { RepeatPanel, type RunSlots } from './repeat-panel.tsx'
import { runQueries } from './run.queries.ts'
import { RunHead } from './run-head.tsx'
import { segmentsByStep } from './segments.ts'
import { countItems, isFinal } from './step-rows.ts'
import { Timeline } from './timeline.tsx'
import { WhyLine } from './why-line.tsx'

const StepDetail = lazy(async () => ({ default: (await import('./step-detail.tsx')).StepDetail }))

export function RunPage({ inputs }: RunSlots) {
  const { runId = '' } = useParams()
  useTopics([`run:${runId}`])
  const { data: run, error, isPending, refetch, dataUpdatedAt } = useQuery(runQueries.detail(runId))
  useTitle(run ? `${run.workflowName}: ${statusWords[run.status].toLowerCase()}` : 'Run')
  if (isPending) return <SkeletonRows isPage rows={10} label="Loading run" />
  if (!run) return <ErrorState isPage what="The run could not be loaded" error={error} onRetry={() => void refetch()} />
  return <Loaded run={run} updatedAt={dataUpdatedAt} inputs={inputs} />
}

function Loaded({ run, updatedAt, inputs }: { run: Run; updatedAt: number } & RunSlots) {
  const canOperate = useCanOperate(run.projectId)
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-4 pb-8">
      <RunHead run={run} updatedAt={updatedAt} canOperate={canOperate} />
      <div className="px-4 empty:hidden sm:px-6">
        <WhyLine run={run} canOperate={canOperate} />
      </div>
      <RunBody run={run} canOperate={canOperate} />
      {canOperate && isFinal(run.status) && <RepeatPanel run={run} inputs={inputs} />}
    </div>
  )
}

/** Which step is selected and which tab is open stand in the address: a link shows the other person the same. */
function useRunView() {
  const [search, setSearch] = useSearchParams()
  const set = (name: string, value: string | null) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before)
        if (value === null) next.delete(name)
        else next.set(name, value)
        return next
      },
      { replace: true },
    )
  return {
    stepId: search.get('step'),
    tab: search.get('view') ?? 'timeline',
    select: (id: string | null) => set('step', id),
    view: (tab: string) => set('view', tab),
  }
}

function RunBody({ run, canOperate }: { run: Run; canOperate: boolean }) {
  const { stepId, tab, select, view } = useRunView()
  const step = run.steps.find((one) => one.id === stepId) ?? null
  useHotkeys({ Escape: () => select(null) }, { enabled: step !== null })
  const { data } = useQuery(runQueries.timeline(run.id))
  const segments = useMemo(() => data && segmentsByStep(data), [data])
  const timeline = {
    value: 'timeline',
    label: 'Timeline',
    content: <Timeline run={run} segments={segments} selected={stepId} onSelect={select} />,
  }
  const artifacts = { value: 'artifacts', label: 'Artifacts', content: <Artifacts run={run} /> }
  const graph = { value: 'graph', label: 'Graph', content: <RunGraph run={run} selected={step} onSelect={select} /> }
  return (
    <div className={cx('grid min-h-0 flex-1 items-start gap-4 px-4 sm:px-6', step && 'lg:grid-cols-[minmax(0,1fr)_minmax(22rem,28rem)]')}>
      <div className="flex min-w-0 flex-col gap-4">
        <div className="flex min-w-0 flex-col overflow-hidden rounded-md border border-line bg-surface">
          {run.steps.length === 0 ? (
            <NoSteps run={run} />
          ) : (
            <Tabs
              value={run.graph || tab === 'artifacts' ? tab : 'timeline'}
              onChange={view}
              tabs={run.graph ? [timeline, graph, artifacts] : [timeline, artifacts]}
            />
          )}
        </div>
        <RunValues run={run} />
      </div>
      {step && (
        <aside className="z-30 flex flex-col bg-surface max-lg:fixed max-lg:inset-0 lg:sticky lg:top-16 lg:h-[calc(100dvh-12rem)] lg:min-h-96 lg:rounded-md lg:border lg:border-line">
          <Suspense fallback={<Skeleton className="m-4 h-64" />}>
            <StepDetail
              run={run}
              step={step}
              segments={segments && (segments.get(step.id) ?? [])}
              canFork={canOperate && isFinal(run.status)}
              onClose={() => select(null)}
            />
          </Suspense>
        </aside>
      )}
    </div>
  )
}

function NoSteps({ run }: { run: Run }) {
  return (
    <p className="p-4 text-sm text-ink-3">
      {isFinal(run.status) ? 'This run ended before any step came up.' : 'The steps appear here as soon as the run is planned.'}
    </p>
  )
}

function RunGraph({ run, selected, onSelect }: { run: Run; selected: Step | null; onSelect: (id: string) => void }) {
  const states = useMemo(() => nodeStates(run.steps), [run.steps])
  const pick = (key: string) => {
    const step = run.steps.find((one) => one.key === key && one.itemIndex === null)
    if (step) onSelect(step.id)
  }
  if (!run.graph) return null
  return <Graph graph={run.graph} direction="LR" states={states} selected={selected?.key ?? null} onSelect={pick} />
}

function nodeStates(steps: readonly Step[]): Map<string, NodeState> {
  const heads = steps.filter((step) => step.itemIndex === null)
  return new Map(
    heads.map((step) => {
      const items = steps.filter((one) => one.key === step.key && one.itemIndex !== null)
      const { total, byStatus } = countItems(items)
      const note = step.skipped ? 'skipped' : total > 0 ? `${byStatus.get('done') ?? 0} of ${total} done` : null
      return [step.key, { status: step.status, ...(note !== null && { note }) }]
    }),
  )
}

function RunValues({ run }: { run: Run }) {
  const hasInput = run.input !== null && typeof run.input === 'object' && Object.keys(run.input).length > 0
  const hasOutput = run.output !== null && run.output !== undefined
  if (!hasInput && !hasOutput) return null
  return (
    <div className={cx('grid gap-4', hasInput && hasOutput && 'md:grid-cols-2')}>
      {hasInput && (
        <Card title="Input of the run">
          <div className="p-3">
            <JsonView value={run.input} label="Input of the run" />
          </div>
        </Card>
      )}
      {hasOutput && (
        <Card title="Output of the run">
          <div className="p-3">
            <JsonView value={run.output} label="Output of the run" />
          </div>
        </Card>
      )}
    </div>
  )
}
