import type { Delivery } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { JsonView } from '../../components/ui/json-view.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { RecordList } from '../../components/ui/record-list.tsx'
import { ErrorState, Skeleton } from '../../components/ui/states.tsx'
import { Ago, Until } from '../../components/ui/time.tsx'
import { duration, plural } from '../../lib/format.ts'
import { useListing } from '../../lib/pages.ts'
import { useRedeliver, webhookQueries } from './webhook.queries.ts'
import { DeliveryState } from './webhook-words.tsx'

/** What became of each event, the latest first. */
export function Deliveries({ webhookId, canOperate }: { webhookId: string; canOperate: boolean }) {
  return (
    <RecordList
      label="Deliveries"
      listing={useListing(webhookQueries.deliveries(webhookId))}
      none="Nothing has happened yet that it is told of. Send a test to see whether it arrives."
    >
      {(delivery) => <Row key={delivery.id} delivery={delivery} canOperate={canOperate} />}
    </RecordList>
  )
}

function Row({ delivery, canOperate }: { delivery: Delivery; canOperate: boolean }) {
  const [open, setOpen] = useState(false)
  const { lastStatusCode, lastError, lastDurationMs, nextAt, attempts } = delivery
  return (
    <li className="flex flex-col gap-1 px-3 py-1.5">
      <div className="flex min-h-7 items-center gap-x-3">
        <DeliveryState delivery={delivery} />
        <code className="min-w-0 truncate font-mono text-xs">{delivery.eventType}</code>
        <Button
          size="sm"
          look="quiet"
          className="ml-auto"
          aria-expanded={open}
          aria-label={`Details of ${delivery.eventType}`}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Less' : 'More'}
        </Button>
      </div>
      <p className="flex flex-wrap gap-x-3 text-xs text-ink-2">
        <Ago at={delivery.createdAt} />
        <span className="tnum">{attempts === 0 ? 'not tried yet' : plural(attempts, 'attempt')}</span>
        {lastStatusCode !== null && <span className="tnum">answer {lastStatusCode}</span>}
        {lastDurationMs !== null && <span className="tnum">{duration(lastDurationMs)}</span>}
        {nextAt !== null && attempts > 0 && (
          <span>
            next try <Until at={nextAt} />
          </span>
        )}
      </p>
      {lastError !== null && <p className="text-xs text-failed">{lastError}</p>}
      {open && <Details delivery={delivery} canOperate={canOperate} />}
    </li>
  )
}

function Details({ delivery, canOperate }: { delivery: Delivery; canOperate: boolean }) {
  const { data, error } = useQuery(webhookQueries.delivery(delivery.webhookId, delivery.id))
  const redeliver = useRedeliver()
  const again = () =>
    redeliver.mutate(delivery, {
      onSuccess: () => announce('It is sent again'),
      onError: (failure) => announceFailure('It was not sent again', failure),
    })
  return (
    <div className="flex flex-col gap-2 pb-1">
      {delivery.responseExcerpt ? <JsonView value={delivery.responseExcerpt} label="Answer" /> : null}
      {error ? (
        <ErrorState compact what="What was sent could not be loaded" error={error} />
      ) : data ? (
        <JsonView value={JSON.parse(data.body)} label="Sent" />
      ) : (
        <Skeleton className="h-16 w-full" />
      )}
      {canOperate && (
        <Button size="sm" className="self-end" busy={redeliver.isPending} disabled={delivery.sending} onClick={again}>
          Send again
        </Button>
      )}
    </div>
  )
}
