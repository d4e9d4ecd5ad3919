import type { Run } from '@orrery/shared-types'
import { RotateCcw } from 'lucide-react'
import { useRef } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { Button, ButtonLink } from '../../components/ui/button.tsx'
import { announceFailure } from '../../components/ui/notices.ts'
import { newIdempotencyKey } from '../../lib/api.ts'
import { repeatTo } from './repeat-panel.tsx'
import { useRepeatRun } from './run.queries.ts'

/** What can be made of a run that has ended: a new run each time, this one stays as it is. */
export function RepeatActions({ run }: { run: Run }) {
  const [search] = useSearchParams()
  const failed = run.outcome !== 'success'
  return (
    <>
      <ButtonLink to={`/workflows/${run.workflowId}?run=1`} look="quiet">
        Start a new run
      </ButtonLink>
      <ButtonLink to={repeatTo(search, 'replay')} look={failed ? 'plain' : 'primary'} title="The same from its beginning">
        Replay
      </ButtonLink>
      {failed && <Retry run={run} />}
    </>
  )
}

function Retry({ run }: { run: Run }) {
  const retry = useRepeatRun()
  const navigate = useNavigate()
  const key = useRef(newIdempotencyKey())
  const start = () =>
    retry.mutate(
      { id: run.id, repeat: { kind: 'retry' }, key: key.current },
      {
        onSuccess: (next) => {
          key.current = newIdempotencyKey()
          void navigate(`/runs/${next.id}`)
        },
        onError: (error) => {
          key.current = newIdempotencyKey()
          announceFailure('The run could not be retried', error)
        },
      },
    )
  return (
    <Button look="primary" busy={retry.isPending} onClick={start} title="Start again what did not succeed, with the results of the rest">
      <RotateCcw size={14} aria-hidden />
      Retry
    </Button>
  )
}
