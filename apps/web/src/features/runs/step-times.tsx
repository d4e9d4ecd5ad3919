import type { Step } from '@orrery/shared-types'
import { Link } from 'react-router'
import { At, Took } from '../../components/ui/time.tsx'
import { shortRunId } from '../../lib/format.ts'
import { type Segment, segmentWord } from './segments.ts'

/** Every stretch of a step's time in its order: in the queue, each attempt with how it failed, waits. */
export function StepTimes({ step, segments }: { step: Step; segments: Segment[] | undefined }) {
  if (!segments || segments.length === 0)
    return (
      <p className="p-4 text-sm text-ink-3">
        {step.skipped ? 'It was passed over and took no time.' : segments ? 'It stands for its items; each has its own.' : 'Not known yet.'}
      </p>
    )
  return (
    <ol className="divide-y divide-line overflow-y-auto text-sm">
      {segments.map((segment, at) => (
        <li key={at} className="flex flex-col gap-1 px-4 py-2">
          <div className="flex items-baseline gap-3">
            <span className="font-medium">{segmentWord(segment)}</span>
            {segment.error && <span className="text-failed">failed</span>}
            {segment.childRunId && (
              <Link to={`/runs/${segment.childRunId}`} className="link" title={segment.childRunId}>
                {shortRunId(segment.childRunId)}
              </Link>
            )}
            <span className="ml-auto text-xs text-ink-3">
              <At at={segment.startedAt} />
            </span>
            <span className="w-16 text-right text-xs text-ink-2">
              <Took from={segment.startedAt} to={segment.endedAt ?? step.endedAt} />
            </span>
          </div>
          {segment.error && (
            <p className="whitespace-pre-wrap">
              <code className="font-mono text-xs text-failed">{segment.error.code}</code> {segment.error.message}
            </p>
          )}
        </li>
      ))}
    </ol>
  )
}
