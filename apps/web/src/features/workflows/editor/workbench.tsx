import type { DefinitionError } from '@orrery/shared-types'
import { lazy, Suspense, useMemo, useRef, useState } from 'react'
import { Graph } from '../../../components/graph/graph.tsx'
import { Skeleton } from '../../../components/ui/states.tsx'
import { cx } from '../../../lib/cx.ts'
import type { EditorHandle } from './code-editor.tsx'
import { Problems } from './problems.tsx'
import { stepLines, stepOfPath } from './step-lines.ts'
import type { Check } from './use-verdict.ts'

const CodeEditor = lazy(() => import('./code-editor.tsx').then((module) => ({ default: module.CodeEditor })))

type Face = 'code' | 'graph'
type WorkbenchProps = {
  initial: string
  text: string
  check: Check
  queues: readonly string[]
  onChange: (text: string) => void
  onSave: () => void
}

/** Text left, what it means right, what is wrong below. On a narrow page one face at a time. */
export function Workbench({ initial, text, check, queues, onChange, onSave }: WorkbenchProps) {
  const editor = useRef<EditorHandle>(null)
  const [face, setFace] = useState<Face>('code')
  const [selected, setSelected] = useState<string | null>(null)
  const marked = useMemo(() => new Set(check.errors.flatMap((error) => stepOfPath(error.path) ?? [])), [check.errors])
  const pick = (key: string) => {
    setSelected(key)
    const line = check.graph?.nodes.find((node) => node.key === key)?.line
    if (!line) return
    setFace('code')
    const { from, to } = stepLines(text, line)
    editor.current?.selectLines(from, to)
  }
  const go = (error: DefinitionError) => {
    setFace('code')
    editor.current?.goTo(error.line ?? 1, error.column ?? 1)
  }
  return (
    <div className="flex min-h-[32rem] flex-1 flex-col overflow-hidden rounded-md border border-line bg-surface">
      <Faces face={face} onChoose={setFace} />
      <div className="grid min-h-0 flex-1 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className={cx('flex min-h-0 min-w-0 flex-col', face === 'graph' && 'max-lg:hidden')}>
          <Suspense fallback={<Skeleton className="m-4 h-64" />}>
            <CodeEditor handle={editor} initial={initial} errors={check.errors} queues={queues} onChange={onChange} onSave={onSave} />
          </Suspense>
        </div>
        <div className={cx('flex min-h-0 min-w-0 flex-col border-line bg-canvas lg:border-l', face === 'code' && 'max-lg:hidden')}>
          <Drawn check={check} marked={marked} selected={selected} onSelect={pick} />
        </div>
      </div>
      <Problems check={check} onGo={go} />
    </div>
  )
}

function Drawn({
  check,
  marked,
  selected,
  onSelect,
}: {
  check: Check
  marked: ReadonlySet<string>
  selected: string | null
  onSelect: (key: string) => void
}) {
  if (!check.graph || check.graph.nodes.length === 0)
    return <p className="p-4 text-sm text-ink-3">The graph of the steps is drawn here as soon as the text can be read.</p>
  return (
    <>
      {check.graphIsOld && (
        <p className="border-b border-line px-4 py-2 text-xs text-blocked">Drawn from the last text that could be read</p>
      )}
      <Graph graph={check.graph} marked={marked} selected={selected} onSelect={onSelect} />
    </>
  )
}

function Faces({ face, onChoose }: { face: Face; onChoose: (face: Face) => void }) {
  return (
    <div role="group" aria-label="Show" className="flex gap-1 border-b border-line p-1 lg:hidden">
      {(['code', 'graph'] as const).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={face === name}
          onClick={() => onChoose(name)}
          className={cx('h-9 flex-1 rounded-sm text-sm font-medium capitalize', face === name ? 'bg-raised text-ink' : 'text-ink-3')}
        >
          {name}
        </button>
      ))}
    </div>
  )
}
