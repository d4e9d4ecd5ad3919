import type { Hook } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmByName } from '../../components/ui/dialog.tsx'
import { JsonView } from '../../components/ui/json-view.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { Panel } from '../../components/ui/panel.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { useCanManage } from '../../lib/project-scope.ts'
import { CallAddress } from './call-address.tsx'
import { Calls } from './calls.tsx'
import { hookQueries, useDeleteHook, useRotateHook, useUpdateHook } from './hook.queries.ts'
import { schemeHelp, schemeWords } from './hook-words.ts'
import { SecretSection } from './secret-section.tsx'
import { OnOff } from './webhook-words.tsx'

export function HookPanel() {
  const { hookId = '' } = useParams()
  const navigate = useNavigate()
  const { data, error, isPending, refetch } = useQuery(hookQueries.detail(hookId))
  const canManage = useCanManage(data?.projectId ?? '')
  const close = () => void navigate('/webhooks/hooks')
  return (
    <Panel title={data?.name ?? 'Hook'} label="Hook" onClose={close} foot={data && canManage && <Actions hook={data} onDeleted={close} />}>
      {isPending ? (
        <SkeletonRows rows={6} />
      ) : data ? (
        <Facts key={data.id} hook={data} canManage={canManage} />
      ) : (
        <ErrorState compact what="The hook could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  )
}

function Facts({ hook, canManage }: { hook: Hook; canManage: boolean }) {
  const rotate = useRotateHook()
  return (
    <div className="flex flex-col gap-5">
      <CallAddress path={hook.path} />
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm [&_dt]:text-ink-3">
        <dt>State</dt>
        <dd>
          <OnOff enabled={hook.enabled} />
        </dd>
        <dt>Starts</dt>
        <dd>
          <Link to={`/workflows/${hook.workflowId}`} className="link">
            {hook.workflowName}
          </Link>
        </dd>
        <dt>Signed by</dt>
        <dd>{schemeWords[hook.scheme]}</dd>
      </dl>
      <SecretSection
        previousUntil={hook.previousSecretUntil}
        canChange={canManage}
        note={`${schemeHelp[hook.scheme]} The old one is taken for a day more.`}
        rotate={() => rotate.mutateAsync(hook.id)}
      />
      <section aria-label="Mapping" className="flex flex-col gap-2">
        <h3 className="text-sm font-medium">Input of each run</h3>
        <JsonView value={hook.mapping} label="Mapping" />
      </section>
      <section aria-label="What came in" className="flex flex-col gap-2">
        <h3 className="text-sm font-medium">Calls</h3>
        <Calls hookId={hook.id} />
      </section>
    </div>
  )
}

function Actions({ hook, onDeleted }: { hook: Hook; onDeleted: () => void }) {
  const update = useUpdateHook()
  const remove = useDeleteHook()
  const [asking, setAsking] = useState(false)
  const turn = () =>
    update.mutate(
      { hook, change: { enabled: !hook.enabled } },
      {
        onSuccess: ({ enabled }) => announce(enabled ? 'The hook is on' : 'The hook is off'),
        onError: (error) => announceFailure('The hook was not changed', error),
      },
    )
  const confirm = () =>
    remove.mutate(hook.id, {
      onSuccess: () => {
        announce('The hook is deleted')
        onDeleted()
      },
      onError: (error) => announceFailure('The hook was not deleted', error),
    })
  return (
    <>
      <Button look="danger" className="mr-auto" onClick={() => setAsking(true)}>
        Delete
      </Button>
      <Button busy={update.isPending} onClick={turn}>
        {hook.enabled ? 'Switch off' : 'Switch on'}
      </Button>
      <ConfirmByName
        open={asking}
        onClose={() => setAsking(false)}
        title="Delete this hook?"
        verb="Delete hook"
        typed={hook.name}
        busy={remove.isPending}
        onConfirm={confirm}
      >
        Its address answers nobody any more. The runs that it started stay. To stop it for a while, switch it off instead.
      </ConfirmByName>
    </>
  )
}
