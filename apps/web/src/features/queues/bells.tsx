import type { BellQueue } from '@orrery/shared-types'
import { Button } from '../../components/ui/button.tsx'
import { Freshness } from '../../components/ui/freshness.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { Card } from '../../components/ui/page.tsx'
import { duration, plural } from '../../lib/format.ts'
import { type BellVerb, useActOnBell } from './queue.queries.ts'

type BellsProps = { bells: readonly BellQueue[]; updatedAt: number; isStale: boolean }

/** The queues of BullMQ. What they hold only rings: who empties one loses nothing. */
export function Bells({ bells, updatedAt, isStale }: BellsProps) {
  if (bells.length === 0) return null
  return (
    <Card title="Bells" aside={<Freshness updatedAt={updatedAt} isStale={isStale} />}>
      <p className="border-b border-line px-4 py-2 text-sm text-ink-2">
        Jobs in Redis that only ring for work. What they ring for is kept in the database and is found without them.
      </p>
      <ul aria-label="Bells" className="divide-y divide-line">
        {bells.map((bell) => (
          <Bell key={bell.name} bell={bell} />
        ))}
      </ul>
    </Card>
  )
}

const said: Record<BellVerb, (count: number) => string> = {
  retry: (count) => `${plural(count, 'failed job rings', 'failed jobs ring')} again`,
  drain: (count) => `${plural(count, 'waiting job is', 'waiting jobs are')} taken out`,
}

function Bell({ bell }: { bell: BellQueue }) {
  const act = useActOnBell()
  const run = (verb: BellVerb) =>
    act.mutate(
      { name: bell.name, verb },
      {
        onSuccess: ({ count }) => announce(said[verb](count)),
        onError: (error) => announceFailure(`${bell.name} was not changed`, error),
      },
    )
  return (
    <li className="flex min-h-10 flex-wrap items-center gap-x-6 gap-y-1 px-4 py-1.5 text-sm">
      <code className="min-w-48 flex-1 font-mono text-xs font-medium">{bell.name}</code>
      <dl className="tnum flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-ink-2">
        <Figure name="waiting" value={bell.waiting} />
        <Figure name="active" value={bell.active} />
        <Figure name="delayed" value={bell.delayed} />
        <Figure name="failed" value={bell.failed} />
        {bell.oldestAgeMs !== null && (
          <div className="flex gap-1">
            <dt className="text-ink-3">oldest waits</dt>
            <dd>{duration(bell.oldestAgeMs)}</dd>
          </div>
        )}
      </dl>
      <span className="flex gap-2">
        <Button
          size="sm"
          busy={act.isPending}
          disabled={bell.failed === 0}
          aria-label={`Retry failed of ${bell.name}`}
          onClick={() => run('retry')}
        >
          Retry failed
        </Button>
        <Button size="sm" busy={act.isPending} disabled={bell.waiting === 0} aria-label={`Drain ${bell.name}`} onClick={() => run('drain')}>
          Drain
        </Button>
      </span>
    </li>
  )
}

function Figure({ name, value }: { name: string; value: number }) {
  return (
    <div className="flex gap-1">
      <dt className="text-ink-3">{name}</dt>
      <dd className={name === 'failed' && value > 0 ? 'font-medium text-failed' : ''}>{value.toLocaleString('en')}</dd>
    </div>
  )
}
