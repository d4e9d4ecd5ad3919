import type { Fire } from '@orrery/shared-types'
import { screen, within } from '@testing-library/react'
import { HttpResponse, http } from 'msw'
import { openAt, problem, withContent } from '../../test/app.tsx'
import { idOf, schedule } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'

const fire = (n: number, change: Partial<Fire> = {}): Fire => ({
  scheduleId: schedule.id,
  fireAt: `2026-11-20T12:0${n}:00.000Z`,
  until: null,
  outcome: 'fired',
  reason: null,
  lateMs: 40,
  answeredAt: `2026-11-20T12:0${n}:00.040Z`,
  backfill: false,
  runId: null,
  ...change,
})
const runId = idOf('run', 4)
const fires = [
  fire(4, { outcome: 'waiting' }),
  fire(3, { runId }),
  fire(2, { outcome: 'skipped', reason: 'previous_running' }),
  fire(0, { outcome: 'missed', reason: 'too_late', until: '2026-11-20T12:01:00.000Z' }),
]

function open() {
  withContent()
  server.use(http.get('*/api/v1/schedules/:id/fires', () => HttpResponse.json({ items: fires, nextCursor: null })))
  return openAt(`/schedules/${schedule.id}`)
}

it('says of each past tick what became of it and why', async () => {
  const { container } = open()
  const ledger = await screen.findByRole('list', { name: 'Past ticks' })
  const rows = within(ledger).getAllByRole('listitem')
  expect(rows[0]).toHaveTextContent(/Waiting.*starts when the earlier run has ended/)
  expect(rows[1]).toHaveTextContent(/Fired.*40 ms late/)
  expect(within(rows[1] as HTMLElement).getByRole('link')).toHaveAttribute('href', `/runs/${runId}`)
  expect(rows[2]).toHaveTextContent(/Skipped.*an earlier run was still going/)
  expect(rows[3]).toHaveTextContent(/Missed.* to .*further back/)
  expect(await axe(container)).toHaveNoViolations()
})

it('says that a schedule paused itself and why, in the list and beside it', async () => {
  const pausedReason = 'its workflow is archived or not published'
  const paused = { ...schedule, status: 'paused' as const, nextFireAt: null, pausedReason }
  open()
  server.use(
    http.get('*/api/v1/schedules', () => HttpResponse.json({ items: [paused], nextCursor: null })),
    http.get('*/api/v1/schedules/:id', () => HttpResponse.json(paused)),
  )
  expect(await screen.findByText('1 schedule can’t go on and paused; the reason stands in the list.')).toBeVisible()
  expect(within(screen.getByRole('table', { name: 'Schedules' })).getByText(pausedReason)).toBeVisible()
  expect(await screen.findByText(new RegExp(`Because ${pausedReason}`))).toBeVisible()
  expect(screen.getAllByText('Paused itself').length).toBe(2)
})

it('shows what the schedule does when it can’t keep its times', async () => {
  open()
  expect(await screen.findByText('Make up for the last one, up to 1 m back')).toBeVisible()
  expect(screen.getByText('Start beside it')).toBeVisible()
  expect(screen.getByRole('link', { name: 'Edit' })).toHaveAttribute('href', `/schedules/${schedule.id}/edit`)
})

it('says what failed where the past ticks should be', async () => {
  open()
  server.use(http.get('*/api/v1/schedules/:id/fires', () => problem(422, 'Something broke')))
  expect(await screen.findByText('The past ticks could not be loaded')).toBeVisible()
})
