import type { FireHour, FireSummary } from '@orrery/shared-types'
import { QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { HttpResponse, http } from 'msw'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { createClient } from '../app/query-client.ts'
import { routes } from '../app/router.tsx'
import { Toasts } from '../components/ui/toast.tsx'
import { signIn, signOut } from '../lib/session.ts'
import {
  agent,
  deadLetter,
  health,
  healthDetailed,
  hook,
  project,
  queue,
  run,
  runSummary,
  schedule,
  transition,
  user,
  webhook,
  workflow,
  workflowVersion,
} from './fixtures.ts'
import { server } from './server.ts'

const at = (path: string) => `*/api/v1${path}`
const page = (items: unknown[]) => () => HttpResponse.json({ items, nextCursor: null, total: items.length })

export const requestId = 'req-0123456789'
export const problem = (status: number, detail: string, errors?: { path: string; message: string }[]) =>
  HttpResponse.json(
    { type: 'about:blank', title: 'Refused', status, code: 'refused', detail, instance: '/', requestId, ...(errors && { errors }) },
    { status },
  )

const verdict = {
  valid: true,
  errors: [],
  graph: { nodes: [{ key: 'fetch', uses: 'noop', foreach: false, line: 3 }], edges: [] },
  inputs: {},
}
const fixed = [
  http.get('*/health', () => HttpResponse.json(health)),
  http.get('*/health/detailed', () => HttpResponse.json(healthDetailed)),
  http.post(at('/workflows/validate'), () => HttpResponse.json(verdict)),
  http.post(at('/schedules/preview'), () =>
    HttpResponse.json({ fires: [{ at: '2036-11-21T08:00:00.000Z', localTime: '2036-11-21T09:00:00+01:00' }] }),
  ),
]

const forecast = ({ request }: { request: Request }) => {
  const { searchParams } = new URL(request.url)
  return HttpResponse.json({ from: searchParams.get('from'), until: searchParams.get('to'), truncated: false, fires: 0, minutes: [] })
}
export const noFires = { fired: 0, waiting: 0, skipped: 0, missed: 0, late: 0, maxLateMs: null }
export const summary = (request: Request, hours: Partial<FireHour>[], missed: FireSummary['missed'] = null) => {
  const { searchParams } = new URL(request.url)
  return HttpResponse.json({ from: searchParams.get('from'), to: searchParams.get('to'), hours, truncated: false, missed })
}

const queueList = (items: unknown[]) => () => HttpResponse.json({ items, project: { running: 0, limit: null, pausedAt: null }, bells: [] })

/** An installation with one of everything. */
export function withContent(): void {
  server.use(
    ...fixed,
    http.get(at('/projects'), page([project])),
    http.get(at('/projects/:id'), () => HttpResponse.json(project)),
    http.get(at('/projects/:id/members'), page([{ userId: user.id, role: 'owner', createdAt: project.createdAt }])),
    http.get(at('/tasks'), page([])),
    http.get(at('/workflows'), page([workflow])),
    http.get(at('/workflows/:id/versions'), page([workflowVersion])),
    http.get(at('/workflows/:id/transitions'), page([transition])),
    http.get(at('/workflows/:id/diff'), () => HttpResponse.json({ from: workflowVersion, to: workflowVersion, changes: [] })),
    http.get(at('/workflows/:id'), () => HttpResponse.json(workflow)),
    http.get(at('/runs'), page([runSummary])),
    http.get(at('/runs/:id'), () => HttpResponse.json(run)),
    http.get(at('/runs/:id/logs'), () => HttpResponse.json({ items: [], nextCursor: '0', prevCursor: null })),
    http.get(at('/runs/:id/artifacts'), page([])),
    http.get(at('/runs/:id/why'), () =>
      HttpResponse.json({ status: 'queued', sentence: 'It waits for a worker.', action: null, reasons: [] }),
    ),
    http.get(at('/runs/:id/timeline'), () => HttpResponse.json({ items: [] })),
    http.get(at('/schedules'), page([schedule])),
    http.get(at('/schedules/forecast'), forecast),
    http.get(at('/schedules/fires/summary'), ({ request }) =>
      summary(request, [{ at: new Date().toISOString(), scheduleId: schedule.id, ...noFires, fired: 3, maxLateMs: 40 }]),
    ),
    http.get(at('/schedules/fires'), page([])),
    http.get(at('/schedules/:id/fires'), page([])),
    http.get(at('/schedules/:id/backfill'), () => HttpResponse.json({ waiting: 0, first: null, last: null })),
    http.get(at('/schedules/:id'), () => HttpResponse.json(schedule)),
    http.get(at('/webhooks'), page([webhook])),
    http.get(at('/webhooks/:id/deliveries'), page([])),
    http.get(at('/webhooks/:id'), () => HttpResponse.json(webhook)),
    http.get(at('/hooks'), page([hook])),
    http.get(at('/hooks/:id/calls'), page([])),
    http.get(at('/hooks/:id'), () => HttpResponse.json(hook)),
    http.get(at('/queues'), queueList([queue])),
    http.get(at('/dead-letters'), page([deadLetter])),
    http.get(at('/dead-letters/:id'), () => HttpResponse.json(deadLetter)),
    http.get(at('/agents'), page([agent])),
    http.get(at('/agents/:id/activity'), page([])),
    http.get(at('/agents/:id'), () => HttpResponse.json(agent)),
  )
}

/** An installation in which nobody has made anything but a project. */
export function withNothing(): void {
  const lists = ['/tasks', '/workflows', '/runs', '/schedules', '/webhooks', '/hooks', '/dead-letters', '/agents', '/projects/:id/members']
  server.use(
    ...fixed,
    ...lists.map((path) => http.get(at(path), page([]))),
    http.get(at('/projects'), page([])),
    http.get(at('/projects/:id'), () => HttpResponse.json(project)),
    http.get(at('/queues'), queueList([])),
    http.get(at('/schedules/forecast'), forecast),
    http.get(at('/schedules/fires/summary'), ({ request }) => summary(request, [])),
  )
}

/** Every question is refused, as when the server is broken. */
export function withFailure(): void {
  server.use(
    http.get('*/health*', () => problem(500, 'Something broke')),
    http.all(at('/*'), () => problem(422, 'Something broke')),
  )
}

export function openAt(path: string, { signedIn = true }: { signedIn?: boolean } = {}) {
  if (signedIn) signIn({ accessToken: 'token', expiresIn: 900, refreshToken: '', user })
  else signOut()
  const client = createClient()
  const router = createMemoryRouter(routes, { initialEntries: [path] })
  const view = render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>,
  )
  return { ...view, router, client }
}
