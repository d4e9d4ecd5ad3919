import type { Run } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { Skeleton } from '../../components/ui/states.tsx'
import { At } from '../../components/ui/time.tsx'
import { messageOf } from '../../lib/api-error.ts'
import { shortRunId } from '../../lib/format.ts'
import { ApprovalDialog } from './approval-dialog.tsx'
import { type Decision, runQueries } from './run.queries.ts'
import { SignalDialog } from './signal-dialog.tsx'
import { type AskedApproval, askAfterMs, askedApprovals, awaitedSignals, piecesOf } from './why.ts'

/** True once the run has stood still long enough to wonder. */
function useStandsStill(run: Run): boolean {
  const after = askAfterMs(run, Date.now())
  const waits = after === null ? null : after > 0
  const [still, setStill] = useState(after === 0)
  useEffect(() => {
    if (after === null || after === 0) return setStill(after === 0)
    const timer = setTimeout(() => setStill(true), after)
    return () => clearTimeout(timer)
    // `after` counts down by itself; only a move of the run starts the watch again
  }, [run.status, run.steps, waits])
  return still && after !== null
}

/** Why a run doesn't move, and the one thing that would free it. */
export function WhyLine({ run, canOperate }: { run: Run; canOperate: boolean }) {
  return useStandsStill(run) ? <Why run={run} canOperate={canOperate} /> : null
}

function Why({ run, canOperate }: { run: Run; canOperate: boolean }) {
  const { data, error, isPending, refetch } = useQuery(runQueries.why(run.id))
  const [signal, setSignal] = useState<string | null>(null)
  const [answer, setAnswer] = useState<{ asked: AskedApproval; decision: Decision } | null>(null)
  const signals = canOperate ? awaitedSignals(run.steps) : []
  const approvals = canOperate ? askedApprovals(run.steps) : []
  return (
    <section aria-label="Why it does not move" className="rounded-md border border-blocked-line bg-blocked-tint px-3 py-2 text-sm">
      {isPending && <Skeleton className="h-4 w-2/3" />}
      {error && !data && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          Why it does not move is unknown: {messageOf(error)}
          <Button size="sm" onClick={() => void refetch()}>
            Try again
          </Button>
        </p>
      )}
      {data && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <p className="min-w-0 flex-1 basis-72">
            <span className="font-medium">
              <Sentence text={data.sentence} />
            </span>{' '}
            {data.action && <Sentence text={data.action} />}
          </p>
          {signals.map((name) => (
            <Button key={name} size="sm" onClick={() => setSignal(name)}>
              <span className="max-w-64 truncate">Send signal {name}</span>
            </Button>
          ))}
          {approvals.map((asked) => (
            <Answers
              key={asked.stepId}
              asked={asked}
              isSaid={approvals.length === 1 && data.sentence.includes(`Step ${asked.name} waits`)}
              onAnswer={(decision) => setAnswer({ asked, decision })}
            />
          ))}
        </div>
      )}
      {answer && <ApprovalDialog runId={run.id} {...answer} onClose={() => setAnswer(null)} />}
      {signal !== null && <SignalDialog runId={run.id} name={signal} onClose={() => setSignal(null)} />}
    </section>
  )
}

/** `isSaid`: the sentence beside it says what is asked. */
type AnswersProps = { asked: AskedApproval; isSaid: boolean; onAnswer: (decision: Decision) => void }

function Answers({ asked, isSaid, onAnswer }: AnswersProps) {
  const which = isSaid ? '' : ` ${asked.name}`
  return (
    <span className="flex gap-2">
      <Button size="sm" look="primary" onClick={() => onAnswer('approve')}>
        Approve{which}
      </Button>
      <Button size="sm" onClick={() => onAnswer('reject')}>
        Reject{which}
      </Button>
    </span>
  )
}

function Sentence({ text }: { text: string }) {
  return piecesOf(text).map(({ kind, text }, at) => {
    if (kind === 'time') return <At key={at} at={text} />
    if (kind === 'text') return text
    return (
      <Link key={at} to={`/runs/${text}`} className="link" title={text}>
        {shortRunId(text)}
      </Link>
    )
  })
}
