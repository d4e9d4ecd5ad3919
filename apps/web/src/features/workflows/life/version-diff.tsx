import type { Workflow, WorkflowVersion } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { Button } from '../../../components/ui/button.tsx'
import { Select } from '../../../components/ui/field.tsx'
import { ErrorState, Skeleton } from '../../../components/ui/states.tsx'
import { textOf } from '../version-inputs.ts'
import { workflowQueries } from '../workflow.queries.ts'
import { ChangeList } from './change-list.tsx'
import type { Pair } from './pair.ts'
import { PublishVersion } from './publish-version.tsx'
import type { DiffLook } from './text-diff.tsx'

const TextDiff = lazy(async () => ({ default: (await import('./text-diff.tsx')).TextDiff }))
const fitsTwo = () => window.matchMedia('(min-width: 64rem)').matches

type DiffProps = { workflow: Workflow; versions: readonly WorkflowVersion[]; pair: Pair; onChoose: (pair: Pair) => void }

/** Two versions of a workflow: what differs in meaning, and in writing. */
export function VersionDiff({ workflow, versions, pair, onChoose }: DiffProps) {
  const [look, setLook] = useState<DiffLook>(() => (fitsTwo() ? 'split' : 'unified'))
  return (
    <section aria-label="Compare versions" className="min-w-0 rounded-md border border-line bg-surface">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2 text-sm">
        <Choice label="Older version" versions={versions} value={pair.from} onChange={(from) => onChoose({ ...pair, from })} />
        <span aria-hidden>→</span>
        <Choice label="Newer version" versions={versions} value={pair.to} onChange={(to) => onChoose({ ...pair, to })} />
        <div role="group" aria-label="Show" className="flex gap-1 max-lg:hidden">
          <Look name="split" now={look} onChoose={setLook}>
            Side by side
          </Look>
          <Look name="unified" now={look} onChoose={setLook}>
            One text
          </Look>
        </div>
        <PublishVersion workflow={workflow} version={pair.to} />
      </div>
      <Diff workflowId={workflow.id} pair={pair} look={look} />
    </section>
  )
}

function Diff({ workflowId, pair, look }: { workflowId: string; pair: Pair; look: DiffLook }) {
  const { data, error, isPending, refetch } = useQuery(workflowQueries.diff(workflowId, pair.from, pair.to))
  if (isPending) return <Skeleton className="m-4 h-64" />
  if (!data) return <ErrorState what="The versions could not be compared" error={error} onRetry={() => void refetch()} />
  const texts = { from: textOf(data.from.definition), to: textOf(data.to.definition) }
  const isSame = pair.from === pair.to || texts.from === texts.to
  return (
    <>
      {isSame ? (
        <p className="px-4 py-3 text-sm text-ink-3">
          {pair.from === pair.to ? `Version ${pair.to} as it was written.` : 'The two texts are the same.'}
        </p>
      ) : (
        <ChangeList changes={data.changes} />
      )}
      <div className="border-t border-line">
        <Suspense fallback={<Skeleton className="m-4 h-64" />}>
          <TextDiff
            from={{ text: texts.from, name: `Version ${pair.from}` }}
            to={{ text: texts.to, name: `Version ${pair.to}` }}
            look={isSame ? 'unified' : look}
          />
        </Suspense>
      </div>
    </>
  )
}

type ChoiceProps = { label: string; versions: readonly WorkflowVersion[]; value: number; onChange: (version: number) => void }

function Choice({ label, versions, value, onChange }: ChoiceProps) {
  return (
    <Select aria-label={label} className="tnum max-w-28" value={value} onChange={(event) => onChange(Number(event.target.value))}>
      {versions.map((each) => (
        <option key={each.version} value={each.version}>
          v{each.version}
        </option>
      ))}
    </Select>
  )
}

type LookProps = { name: DiffLook; now: DiffLook; onChoose: (look: DiffLook) => void; children: ReactNode }

function Look({ name, now, onChoose, children }: LookProps) {
  return (
    <Button
      size="sm"
      look="quiet"
      aria-pressed={now === name}
      className={now === name ? 'bg-raised text-ink' : ''}
      onClick={() => onChoose(name)}
    >
      {children}
    </Button>
  )
}
