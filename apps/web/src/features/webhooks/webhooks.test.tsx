import { type Delivery, deliverableEvents, type Hook, type HookCall, type Webhook } from '@orrery/shared-types'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, problem, withContent } from '../../test/app.tsx'
import { hook, idOf, project, webhook, workflow } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'
import { eventGroups } from './event-kinds.ts'
import { webhooksSentence } from './webhook-words.tsx'

const page = (items: unknown[]) => HttpResponse.json({ items, nextCursor: null })
const secret = 'whsec_dGhpcyBpcyBub3QgYSByZWFsIHNlY3JldCBrZXkh'

const delivery = (n: number, change: Partial<Delivery> = {}): Delivery => ({
  id: idOf('dlv', n),
  webhookId: webhook.id,
  eventId: String(n),
  eventType: 'run.created',
  status: 'delivered',
  attempts: 1,
  nextAt: null,
  sending: false,
  lastStatusCode: 200,
  lastError: null,
  lastDurationMs: 41,
  responseExcerpt: null,
  createdAt: '2026-11-20T12:00:00.000Z',
  deliveredAt: '2026-11-20T12:00:00.041Z',
  ...change,
})

function openWebhook(deliveries: Delivery[], change: Partial<Webhook> = {}) {
  const asked: string[] = []
  const note = ({ request }: { request: Request }) => {
    asked.push(new URL(request.url).pathname.replace(/.*\/webhooks\//, ''))
    return HttpResponse.json({ ...deliveries[0], count: 2 }, { status: 202 })
  }
  withContent()
  server.use(
    http.get('*/api/v1/webhooks/:id', () => HttpResponse.json({ ...webhook, ...change })),
    http.get('*/api/v1/webhooks/:id/deliveries', () => page(deliveries)),
    http.get('*/api/v1/webhooks/:id/deliveries/:delivery', () =>
      HttpResponse.json({ ...deliveries[0], body: '{"specversion":"1.0","type":"run.created"}' }),
    ),
    http.post('*/api/v1/webhooks/:id/rotate-secret', () => HttpResponse.json({ ...webhook, secret })),
    http.post('*/api/v1/webhooks/:id/test', note),
    http.post('*/api/v1/webhooks/:id/redeliver', note),
    http.post('*/api/v1/webhooks/:id/deliveries/:delivery/redeliver', note),
  )
  return { ...openAt(`/webhooks/${webhook.id}`), asked }
}

it('offers every kind of event that a webhook can be told of, and no other', () => {
  expect(eventGroups.flatMap(({ kinds }) => kinds).sort()).toEqual([...deliverableEvents].sort())
})

it.each<[string, Partial<Webhook>[]]>([
  ['None yet.', []],
  ['Everything was delivered.', [{}]],
  ['2 on their way; nothing was given up.', [{ waiting: 2 }]],
  ['3 given up: Chat.', [{ dead: 3 }, {}]],
  ['Chat switched off: the address is gone.', [{ enabled: false, disabledReason: '410' }]],
])('opens with "%s"', (sentence, changes) => {
  expect(webhooksSentence(changes.map((change) => ({ ...webhook, ...change })))).toBe(sentence)
})

it('says of each delivery how it went, what was answered and when it is tried again', async () => {
  const { container } = openWebhook([
    delivery(3, { status: 'pending', attempts: 0, lastStatusCode: null, lastDurationMs: null, deliveredAt: null }),
    delivery(2, {
      status: 'retrying',
      attempts: 2,
      lastStatusCode: 503,
      lastError: 'The answer was 503',
      nextAt: '2036-11-20T12:00:00.000Z',
    }),
    delivery(1, { status: 'dead', attempts: 10, lastStatusCode: null, lastError: 'chat.example.com can’t be reached' }),
    delivery(0),
  ])
  const list = await screen.findByRole('list', { name: 'Deliveries' })
  const rows = within(list).getAllByRole('listitem')
  expect(rows[0]).toHaveTextContent(/Waiting.*not tried yet/)
  expect(rows[1]).toHaveTextContent(/Trying again.*2 attempts.*answer 503.*next try.*The answer was 503/)
  expect(rows[2]).toHaveTextContent(/Given up.*10 attempts.*can’t be reached/)
  expect(rows[3]).toHaveTextContent(/Delivered.*1 attempt.*answer 200.*41 ms/)
  expect(await axe(container)).toHaveNoViolations()
})

it('shows what was sent and answered, and sends it again', async () => {
  const { asked, container } = openWebhook([delivery(1, { status: 'dead', responseExcerpt: 'out of order' })])
  await userEvent.click(await screen.findByRole('button', { name: 'Details of run.created' }))
  expect(await screen.findByText('out of order')).toBeVisible()
  expect(await screen.findByRole('group', { name: 'Sent' })).toHaveTextContent('"specversion"')
  expect(await axe(container)).toHaveNoViolations()
  await userEvent.click(screen.getByRole('button', { name: 'Send again' }))
  await waitFor(() => expect(asked).toEqual([`${webhook.id}/deliveries/${idOf('dlv', 1)}/redeliver`]))
})

it('tests, and sends all again that were given up', async () => {
  const { asked } = openWebhook([delivery(1)], { dead: 2 })
  await userEvent.click(await screen.findByRole('button', { name: 'Send a test' }))
  await userEvent.click(screen.getByRole('button', { name: 'Send 2 given up again' }))
  await waitFor(() => expect(asked).toEqual([`${webhook.id}/test`, `${webhook.id}/redeliver`]))
})

it('shows a new secret this once, to be copied', async () => {
  const { container } = openWebhook([])
  await userEvent.click(await screen.findByRole('button', { name: 'Rotate secret' }))
  expect(await screen.findByText(secret)).toBeVisible()
  expect(screen.getByRole('button', { name: 'Copy secret' })).toBeVisible()
  expect(await axe(container)).toHaveNoViolations()
})

it('says why a webhook was switched off, and offers nothing that it could not do', async () => {
  openWebhook([], { enabled: false, disabledReason: 'The address answered 410 Gone' })
  expect(await screen.findByText('The address answered 410 Gone')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Send a test' })).toBeDisabled()
  expect(screen.getByRole('button', { name: 'Switch on' })).toBeEnabled()
})

it('offers an operator to test and not to change', async () => {
  withContent()
  server.use(http.get('*/api/v1/projects', () => page([{ ...project, role: 'operator' }])))
  openAt(`/webhooks/${webhook.id}`)
  expect(await screen.findByRole('button', { name: 'Send a test' })).toBeVisible()
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull())
  expect(screen.queryByRole('button', { name: 'Rotate secret' })).toBeNull()
})

it('makes a webhook for the events that were chosen, and shows its secret once', async () => {
  const made: unknown[] = []
  withContent()
  server.use(
    http.post('*/api/v1/webhooks', async ({ request }) => {
      made.push(await request.json())
      return HttpResponse.json({ ...webhook, secret }, { status: 201 })
    }),
  )
  const { container, router } = openAt('/webhooks/new')
  await userEvent.click(await screen.findByRole('button', { name: 'Create webhook' }))
  expect(screen.getByText('Give it a name')).toBeVisible()
  expect(screen.getByText(/Write an address/)).toBeVisible()
  await userEvent.selectOptions(screen.getByLabelText('Project'), await screen.findByRole('option', { name: 'Shop' }))
  await userEvent.type(screen.getByLabelText('Name'), 'Chat')
  await userEvent.type(screen.getByLabelText('Address'), 'https://chat.example.com/in')
  await userEvent.click(screen.getByLabelText('All events of the project'))
  await userEvent.click(screen.getByLabelText('execution.completed'))
  expect(await axe(container)).toHaveNoViolations()
  await userEvent.click(screen.getByRole('button', { name: 'Create webhook' }))
  expect(await screen.findByText(secret)).toBeVisible()
  expect(made).toEqual([{ projectId: project.id, name: 'Chat', url: 'https://chat.example.com/in', eventTypes: ['execution.completed'] }])
  await userEvent.click(screen.getByRole('link', { name: 'I have it' }))
  expect(router.state.location.pathname).toBe(`/webhooks/${webhook.id}`)
})

it('puts what the scheduler refuses at its field', async () => {
  withContent()
  server.use(
    http.post('*/api/v1/webhooks', () => problem(422, 'The input is not valid', [{ path: '/url', message: '10.0.0.1 is inside' }])),
  )
  openAt('/webhooks/new')
  await userEvent.selectOptions(await screen.findByLabelText('Project'), await screen.findByRole('option', { name: 'Shop' }))
  await userEvent.type(screen.getByLabelText('Name'), 'Chat')
  await userEvent.type(screen.getByLabelText('Address'), 'https://10.0.0.1/')
  await userEvent.click(screen.getByRole('button', { name: 'Create webhook' }))
  expect(await screen.findByText('10.0.0.1 is inside')).toBeVisible()
})

const call = (n: number, change: Partial<HookCall>): HookCall => ({
  id: idOf('hcl', n),
  hookId: hook.id,
  at: `2026-11-20T12:00:0${n}.000Z`,
  outcome: 'accepted',
  reason: null,
  detail: null,
  messageId: 'msg_1',
  runId: null,
  ...change,
})

function openHook(calls: HookCall[], change: Partial<Hook> = {}) {
  withContent()
  server.use(
    http.get('*/api/v1/hooks/:id', () => HttpResponse.json({ ...hook, ...change })),
    http.get('*/api/v1/hooks/:id/calls', () => page(calls)),
  )
  return openAt(`/webhooks/hooks/${hook.id}`)
}

it('says where to call a hook, what became of each call, and why it was refused', async () => {
  const runId = idOf('run', 4)
  const { container } = openHook([
    call(3, { runId, outcome: 'repeated' }),
    call(2, { runId }),
    call(1, { outcome: 'rejected', reason: 'timestamp_out_of_range', detail: 'webhook-timestamp is more than five minutes from now' }),
  ])
  const rows = within(await screen.findByRole('list', { name: 'Calls' })).getAllByRole('listitem')
  for (const row of rows.slice(0, 2)) expect(within(row).getByRole('link')).toHaveAttribute('href', `/runs/${runId}`)
  expect(rows[0]).toHaveTextContent('Repeated')
  expect(rows[2]).toHaveTextContent(/Refused.*too old, or ahead of time.*five minutes/)
  expect(screen.getByText(`POST ${window.location.origin}${hook.path}`)).toBeVisible()
  expect(await axe(container)).toHaveNoViolations()
})

it('makes a hook with a mapping, whose errors stand at it', async () => {
  const made: unknown[] = []
  withContent()
  server.use(
    http.post('*/api/v1/hooks', async ({ request }) => {
      made.push(await request.json())
      return made.length === 1
        ? problem(422, 'The mapping does not fit', [{ path: '/mapping/title', message: 'The workflow has no input title' }])
        : HttpResponse.json({ ...hook, secret }, { status: 201 })
    }),
  )
  const { container } = openAt('/webhooks/hooks/new')
  await userEvent.selectOptions(await screen.findByLabelText('Workflow'), await screen.findByRole('option', { name: workflow.name }))
  await userEvent.type(screen.getByLabelText('Name'), 'Issues')
  await userEvent.selectOptions(screen.getByLabelText('How callers sign'), 'GitHub')
  const mapping = screen.getByLabelText('Mapping')
  await userEvent.clear(mapping)
  await userEvent.type(mapping, '[[1')
  await userEvent.click(screen.getByRole('button', { name: 'Create hook' }))
  expect(made).toEqual([])
  expect(screen.getByRole('alert')).toBeVisible()
  await userEvent.clear(mapping)
  await userEvent.click(mapping)
  await userEvent.paste('{"title":"${{ body.issue.title }}"}')
  await userEvent.click(screen.getByRole('button', { name: 'Create hook' }))
  expect(await screen.findByText('title: The workflow has no input title')).toBeVisible()
  expect(await axe(container)).toHaveNoViolations()
  await userEvent.click(screen.getByRole('button', { name: 'Create hook' }))
  expect(await screen.findByText(secret)).toBeVisible()
  expect(made[1]).toEqual({
    projectId: project.id,
    workflowId: workflow.id,
    name: 'Issues',
    scheme: 'github',
    mapping: { title: '${{ body.issue.title }}' },
  })
})

it('goes from what goes out to what comes in by its tabs', async () => {
  withContent()
  const { router } = openAt('/webhooks')
  expect(await screen.findByRole('link', { name: /Chat/ })).toBeVisible()
  await userEvent.click(screen.getByRole('tab', { name: 'Incoming' }))
  expect(await screen.findByRole('link', { name: /Issues/ })).toBeVisible()
  expect(router.state.location.pathname).toBe('/webhooks/hooks')
  expect(screen.getByRole('link', { name: 'New hook' })).toBeVisible()
})
