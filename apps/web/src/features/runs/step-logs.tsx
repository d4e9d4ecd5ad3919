import type { Id, LogLine, Run, Step } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { cx } from '../../lib/cx.ts'
import { clock, exact } from '../../lib/format.ts'
import { LogBar } from './log-bar.tsx'
import { cutAt, useLogSearch } from './log-search.ts'
import { runQueries } from './run.queries.ts'

const none: LogLine[] = []

export function StepLogs({ runId, step }: { runId: Id<'run'> | Run['id']; step: Step }) {
  const { data, error, isPending, refetch } = useQuery(runQueries.logs(runId, step.id))
  const lines = data?.lines ?? none
  const search = useLogSearch(lines)
  if (isPending) return <SkeletonRows rows={5} label="Loading log" />
  if (error && !data) return <ErrorState compact what="The log could not be loaded" error={error} onRetry={() => void refetch()} />
  if (lines.length === 0) return <p className="p-4 text-sm text-ink-3">{emptyWord(step)}</p>
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <LogBar runId={runId} step={step} search={search} total={lines.length} />
      <Lines lines={lines} words={search.words} looked={search.matches[search.at]} />
    </div>
  )
}

const emptyWord = (step: Step) => {
  if (step.skipped) return 'This step was skipped, so it wrote nothing.'
  if (step.status === 'in_progress') return 'Nothing written yet. Lines appear here as they come.'
  return step.startedAt ? 'This step wrote no lines.' : 'This step has not started.'
}

const lineHeight = 20

type LinesProps = { lines: LogLine[]; words: string; looked: number | undefined }

/** Follows the end until one scrolls up or looks at a match; a button leads back down. */
function Lines({ lines, words, looked }: LinesProps) {
  const box = useRef<HTMLDivElement>(null)
  const [follow, setFollow] = useState(true)
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => lineHeight, overscan: 30 })
  useEffect(() => {
    if (follow && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [follow, lines.length, virtual])
  useEffect(() => {
    if (looked === undefined) return
    setFollow(false)
    virtual.scrollToIndex(looked, { align: 'center' })
  }, [looked, virtual])
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
                aria-current={item.index === looked || undefined}
                className="absolute inset-x-0 top-0 flex gap-3 px-3 leading-5 aria-[current]:bg-accent-tint"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Line line={line} words={words} />
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

function Line({ line, words }: { line: LogLine; words: string }) {
  return (
    <>
      <time dateTime={line.at} title={exact(line.at)} className="tnum shrink-0 text-ink-3 select-none">
        {clock(line.at)}
      </time>
      <span className={cx('min-w-0 break-all whitespace-pre-wrap', tone[line.stream])}>
        {line.stream === 'stderr' && <span className="sr-only">error stream: </span>}
        {cutAt(line.text, words).map(({ text, isMatch }, place) =>
          isMatch ? (
            <mark key={place} className="rounded-xs bg-blocked-tint text-ink">
              {text}
            </mark>
          ) : (
            text
          ),
        )}
      </span>
    </>
  )
}

const tone: Record<LogLine['stream'], string> = { stdout: 'text-ink', stderr: 'text-failed', system: 'text-ink-3 italic' }
