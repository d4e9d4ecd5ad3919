import type { Id, LogLine, Run, Step } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Input } from '../../components/ui/field.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { cx } from '../../lib/cx.ts'
import { clock, exact, plural } from '../../lib/format.ts'
import { runQueries } from './run.queries.ts'

export function StepLogs({ runId, step }: { runId: Id<'run'> | Run['id']; step: Step }) {
  const { data, error, isPending, refetch } = useQuery(runQueries.logs(runId, step.id))
  const [words, setWords] = useState('')
  const lines = useMemo(() => filterLines(data?.lines ?? [], words), [data, words])
  if (isPending) return <SkeletonRows rows={5} label="Loading log" />
  if (error && !data) return <ErrorState compact what="The log could not be loaded" error={error} onRetry={() => void refetch()} />
  if (data?.lines.length === 0) return <p className="p-4 text-sm text-ink-3">{emptyWord(step)}</p>
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex items-center gap-3 border-b border-line p-2">
        <Input
          type="search"
          aria-label="Search the log"
          placeholder="Search the log"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="max-w-64"
        />
        <span className="tnum text-xs text-ink-3">
          {words ? `${lines.length} of ${plural(data?.lines.length ?? 0, 'line')}` : plural(lines.length, 'line')}
        </span>
      </div>
      <Lines lines={lines} />
    </div>
  )
}

const filterLines = (lines: LogLine[], words: string) => {
  const wanted = words.trim().toLowerCase()
  return wanted ? lines.filter((line) => line.text.toLowerCase().includes(wanted)) : lines
}

const emptyWord = (step: Step) => {
  if (step.skipped) return 'This step was skipped, so it wrote nothing.'
  if (step.status === 'in_progress') return 'Nothing written yet. Lines appear here as they come.'
  return step.startedAt ? 'This step wrote no lines.' : 'This step has not started.'
}

const lineHeight = 20

/** Follows the end until one scrolls up; a button leads back down. */
function Lines({ lines }: { lines: LogLine[] }) {
  const box = useRef<HTMLDivElement>(null)
  const [follow, setFollow] = useState(true)
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => lineHeight, overscan: 30 })
  useEffect(() => {
    if (follow && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [follow, lines.length, virtual])
  const watchScroll = () => {
    const element = box.current
    if (element) setFollow(element.scrollHeight - element.scrollTop - element.clientHeight < lineHeight * 2)
  }
  return (
    <div className="relative min-h-48 flex-1">
      <div
        ref={box}
        onScroll={watchScroll}
        tabIndex={0}
        role="log"
        aria-label="Log lines"
        className="absolute inset-0 overflow-auto bg-canvas py-1 font-mono text-xs"
      >
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index]
            if (!line) return null
            return (
              <div
                key={line.cursor}
                ref={virtual.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0 flex gap-3 px-3 leading-5"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <time dateTime={line.at} title={exact(line.at)} className="tnum shrink-0 text-ink-3 select-none">
                  {clock(line.at)}
                </time>
                <span className={cx('min-w-0 break-all whitespace-pre-wrap', tone[line.stream])}>
                  {line.stream === 'stderr' && <span className="sr-only">error stream: </span>}
                  {line.text}
                </span>
              </div>
            )
          })}
        </div>
      </div>
      {!follow && (
        <Button size="sm" className="absolute right-3 bottom-3 shadow-float" onClick={() => setFollow(true)}>
          Follow
        </Button>
      )}
    </div>
  )
}

const tone: Record<LogLine['stream'], string> = { stdout: 'text-ink', stderr: 'text-failed', system: 'text-ink-3 italic' }
