import type { Webhook } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmByName } from '../../components/ui/dialog.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { Panel } from '../../components/ui/panel.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { Ago } from '../../components/ui/time.tsx'
import { plural } from '../../lib/format.ts'
import { useCanManage, useCanOperate } from '../../lib/project-scope.ts'
import { Deliveries } from './deliveries.tsx'
import { eventsText } from './event-kinds.ts'
import { SecretSection } from './secret-section.tsx'
import {
  useDeleteWebhook,
  useRedeliverDead,
  useRotateWebhook,
  useTestWebhook,
  useUpdateWebhook,
  webhookQueries,
} from './webhook.queries.ts'
import { OnOff } from './webhook-words.tsx'

export function WebhookPanel() {
  const { webhookId = '' } = useParams()
  const navigate = useNavigate()
  const { data, error, isPending, refetch } = useQuery(webhookQueries.detail(webhookId))
  const canOperate = useCanOperate(data?.projectId ?? '')
  const close = () => void navigate('/webhooks')
  return (
    <Panel
      title={data?.name ?? 'Webhook'}
      label="Webhook"
      onClose={close}
      foot={data && canOperate && <Actions webhook={data} onDeleted={close} />}
    >
      {isPending ? (
        <SkeletonRows rows={6} />
      ) : data ? (
        <Facts key={data.id} webhook={data} canOperate={canOperate} />
      ) : (
        <ErrorState compact what="The webhook could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  )
}

function Facts({ webhook, canOperate }: { webhook: Webhook; canOperate: boolean }) {
  const canManage = useCanManage(webhook.projectId)
  const rotate = useRotateWebhook()
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm [&_dt]:text-ink-3">
        <dt>State</dt>
        <dd>
          <OnOff enabled={webhook.enabled} />
          {webhook.disabledReason !== null && <span className="block text-failed">{webhook.disabledReason}</span>}
        </dd>
        <dt>Address</dt>
        <dd className="break-all">{webhook.url}</dd>
        <dt>Events</dt>
        <dd>{eventsText(webhook.eventTypes)}</dd>
        <dt>Last delivered</dt>
        <dd>
          <Ago at={webhook.lastDeliveredAt} fallback="never" />
        </dd>
        <dt>On their way</dt>
        <dd className="tnum">{webhook.waiting.toLocaleString('en')}</dd>
      </dl>
      <SecretSection
        previousUntil={webhook.previousSecretUntil}
        canChange={canManage}
        note="The old one signs beside it for a day."
        rotate={() => rotate.mutateAsync(webhook.id)}
      />
      <section aria-label="What was sent" className="flex flex-col gap-2">
        <div className="flex min-h-7 items-center justify-between gap-3">
          <h3 className="text-sm font-medium">Deliveries</h3>
          {webhook.dead > 0 && canOperate && <SendDeadAgain webhook={webhook} />}
        </div>
        <Deliveries webhookId={webhook.id} canOperate={canOperate} />
      </section>
    </div>
  )
}

/** Deliveries are kept for 30 days, so that is as far back as "all" can mean. */
const keptMs = 30 * 86_400_000

function SendDeadAgain({ webhook }: { webhook: Webhook }) {
  const redeliver = useRedeliverDead()
  const run = () =>
    redeliver.mutate(
      { id: webhook.id, since: new Date(Date.now() - keptMs).toISOString() },
      {
        onSuccess: ({ count }) => announce(`${plural(count, 'delivery', 'deliveries')} sent again`),
        onError: (error) => announceFailure('They were not sent again', error),
      },
    )
  return (
    <Button size="sm" busy={redeliver.isPending} disabled={!webhook.enabled} onClick={run}>
      Send {webhook.dead.toLocaleString('en')} given up again
    </Button>
  )
}

function Actions({ webhook, onDeleted }: { webhook: Webhook; onDeleted: () => void }) {
  const canManage = useCanManage(webhook.projectId)
  const test = useTestWebhook()
  const run = () =>
    test.mutate(webhook.id, {
      onSuccess: () => announce('A test is on its way'),
      onError: (error) => announceFailure('The test was not sent', error),
    })
  return (
    <>
      {canManage && <Manage webhook={webhook} onDeleted={onDeleted} />}
      <Button look="primary" busy={test.isPending} disabled={!webhook.enabled} onClick={run}>
        Send a test
      </Button>
    </>
  )
}

function Manage({ webhook, onDeleted }: { webhook: Webhook; onDeleted: () => void }) {
  const update = useUpdateWebhook()
  const remove = useDeleteWebhook()
  const [asking, setAsking] = useState(false)
  const turn = () =>
    update.mutate(
      { webhook, change: { enabled: !webhook.enabled } },
      {
        onSuccess: ({ enabled }) => announce(enabled ? 'The webhook is on' : 'The webhook is off'),
        onError: (error) => announceFailure('The webhook was not changed', error),
      },
    )
  const confirm = () =>
    remove.mutate(webhook.id, {
      onSuccess: () => {
        announce('The webhook is deleted')
        onDeleted()
      },
      onError: (error) => announceFailure('The webhook was not deleted', error),
    })
  return (
    <>
      <Button look="danger" className="mr-auto" onClick={() => setAsking(true)}>
        Delete
      </Button>
      <Button busy={update.isPending} onClick={turn}>
        {webhook.enabled ? 'Switch off' : 'Switch on'}
      </Button>
      <ConfirmByName
        open={asking}
        onClose={() => setAsking(false)}
        title="Delete this webhook?"
        verb="Delete webhook"
        typed={webhook.name}
        busy={remove.isPending}
        onConfirm={confirm}
      >
        What it was yet to deliver goes with it. To stop it for a while, switch it off instead.
      </ConfirmByName>
    </>
  )
}
