import type { Hook, Webhook } from '@orrery/shared-types'
import { Plus } from 'lucide-react'
import { Outlet, useLocation, useNavigate, useParams } from 'react-router'
import { ButtonLink } from '../../components/ui/button.tsx'
import { Page } from '../../components/ui/page.tsx'
import { EmptyState } from '../../components/ui/states.tsx'
import { type Column, Table } from '../../components/ui/table.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { Ago } from '../../components/ui/time.tsx'
import { plural } from '../../lib/format.ts'
import { useListing } from '../../lib/pages.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { eventsText } from './event-kinds.ts'
import { hookQueries } from './hook.queries.ts'
import { schemeWords } from './hook-words.ts'
import { webhookQueries } from './webhook.queries.ts'
import { OnOff, webhooksSentence } from './webhook-words.tsx'

const incomingPath = '/webhooks/hooks'

/** What goes out, and what comes in. */
export function WebhooksPage() {
  const { current } = useProjectScope()
  const { webhookId, hookId } = useParams()
  const navigate = useNavigate()
  const isIncoming = useLocation().pathname.startsWith(incomingPath)
  const outgoing = useListing(webhookQueries.list({ projectId: current?.id }))
  const incoming = useListing(hookQueries.list({ projectId: current?.id }))
  const shown = isIncoming ? incoming : outgoing
  const sentence = isIncoming ? hooksSentence(incoming.rows) : webhooksSentence(outgoing.rows)
  const tabs = [
    { value: 'outgoing', label: 'Outgoing', content: <Outgoing listing={outgoing} selected={webhookId} /> },
    { value: 'incoming', label: 'Incoming', content: <Incoming listing={incoming} selected={hookId} /> },
  ]
  return (
    <Page title="Webhooks" answer={shown.isPending || shown.error ? null : sentence} actions={isIncoming ? newHook : newWebhook}>
      <div className="flex min-w-0 flex-col rounded-md border border-line bg-surface">
        <Tabs
          value={isIncoming ? 'incoming' : 'outgoing'}
          onChange={(tab) => void navigate(tab === 'incoming' ? incomingPath : '/webhooks')}
          tabs={tabs}
        />
      </div>
      <Outlet />
    </Page>
  )
}

const newWebhook = (
  <ButtonLink to="/webhooks/new" look="primary">
    <Plus size={15} aria-hidden />
    New webhook
  </ButtonLink>
)
const newHook = (
  <ButtonLink to={`${incomingPath}/new`} look="primary">
    <Plus size={15} aria-hidden />
    New hook
  </ButtonLink>
)

const named = ({ name }: { name: string }) => (
  <span className="font-medium" title={name}>
    {name}
  </span>
)
const muted = (text: string) => (
  <span className="block max-w-56 truncate text-ink-2" title={text}>
    {text}
  </span>
)

const outgoingColumns: Column<Webhook>[] = [
  { key: 'name', header: 'Webhook', grow: true, cell: named },
  { key: 'url', header: 'Address', hideBelow: 'md', cell: (webhook) => muted(webhook.url) },
  { key: 'events', header: 'Events', hideBelow: 'lg', cell: (webhook) => muted(eventsText(webhook.eventTypes)) },
  { key: 'state', header: 'State', cell: (webhook) => <OnOff enabled={webhook.enabled} /> },
  { key: 'waiting', header: 'On their way', hideBelow: 'sm', right: true, cell: (webhook) => webhook.waiting.toLocaleString('en') },
  { key: 'dead', header: 'Given up', right: true, cell: (webhook) => webhook.dead.toLocaleString('en') },
  {
    key: 'last',
    header: 'Last delivered',
    hideBelow: 'sm',
    right: true,
    cell: (webhook) => <Ago at={webhook.lastDeliveredAt} fallback="never" />,
  },
]

type ListProps<T> = { listing: ReturnType<typeof useListing<T>>; selected: string | undefined }

const Outgoing = ({ listing, selected }: ListProps<Webhook>) => (
  <Table
    bare
    label="Webhooks"
    columns={outgoingColumns}
    listing={listing}
    rowKey={(row) => row.id}
    rowTo={(row) => `/webhooks/${row.id}`}
    selected={selected}
    empty={<NoWebhooks />}
  />
)

const incomingColumns: Column<Hook>[] = [
  { key: 'name', header: 'Hook', grow: true, cell: named },
  { key: 'workflow', header: 'Starts', hideBelow: 'sm', cell: (hook) => muted(hook.workflowName) },
  { key: 'scheme', header: 'Signed by', hideBelow: 'md', cell: (hook) => muted(schemeWords[hook.scheme]) },
  { key: 'state', header: 'State', cell: (hook) => <OnOff enabled={hook.enabled} /> },
  { key: 'last', header: 'Last call', right: true, cell: (hook) => <Ago at={hook.lastCallAt} fallback="never" /> },
]

const Incoming = ({ listing, selected }: ListProps<Hook>) => (
  <Table
    bare
    label="Hooks"
    columns={incomingColumns}
    listing={listing}
    rowKey={(row) => row.id}
    rowTo={(row) => `${incomingPath}/${row.id}`}
    selected={selected}
    empty={<NoHooks />}
  />
)

function hooksSentence(hooks: readonly Hook[]): string {
  if (hooks.length === 0) return 'None yet.'
  const on = hooks.filter((each) => each.enabled).length
  return on === hooks.length ? `${plural(on, 'hook')} can start runs.` : `${on} of ${plural(hooks.length, 'hook')} can start runs.`
}

function NoWebhooks() {
  return (
    <EmptyState
      title="No webhooks yet"
      action={
        <ButtonLink to="/webhooks/new" look="primary">
          Create a webhook
        </ButtonLink>
      }
    >
      A webhook tells an address of yours what happens in a project: signed by Standard Webhooks, tried again for three days, and kept here
      with what the address answered.
    </EmptyState>
  )
}

function NoHooks() {
  return (
    <EmptyState
      title="No hooks yet"
      action={
        <ButtonLink to={`${incomingPath}/new`} look="primary">
          Create a hook
        </ButtonLink>
      }
    >
      A hook is an address that others call to start a run: GitHub, or whatever can sign a request. You say which part of the call becomes
      the input.
    </EmptyState>
  )
}
