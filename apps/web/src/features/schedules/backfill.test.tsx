import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, problem, withContent } from '../../test/app.tsx'
import { schedule } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'

type Asked = { from: string; to: string; dryRun?: boolean }

async function open(more: object = {}) {
  const asked: Asked[] = []
  let progress: { waiting: number; first: string | null; last: string | null } = { waiting: 0, first: null, last: null }
  withContent()
  server.use(
    http.get('*/api/v1/schedules/:id', () => HttpResponse.json({ ...schedule, ...more })),
    http.get('*/api/v1/schedules/:id/backfill', () => HttpResponse.json(progress)),
    http.post('*/api/v1/schedules/:id/backfill', async ({ request }) => {
      const body = (await request.json()) as Asked
      asked.push(body)
      if (!body.dryRun) progress = { waiting: 24, first: body.from, last: body.to }
      return HttpResponse.json({ count: 24, first: body.from, last: body.to, alreadyFired: 1, dryRun: body.dryRun ?? false })
    }),
    http.delete('*/api/v1/schedules/:id/backfill', () => {
      const { waiting } = progress
      progress = { waiting: 0, first: null, last: null }
      return HttpResponse.json({ count: waiting })
    }),
  )
  const { container } = openAt(`/schedules/${schedule.id}`)
  const section = within(await screen.findByRole('region', { name: 'Backfill' }))
  await section.findByText('Nothing of the past waits for its run.')
  return { asked, container, section }
}
const choose = async () => userEvent.click(await screen.findByRole('button', { name: 'Choose a range' }))

it('counts before it starts anything, says how much waits, and stops', async () => {
  const { asked, container, section } = await open()
  await choose()
  expect(section.getByLabelText('From')).toHaveFocus()
  expect(await section.findByText('24 ticks of this range have no run. 1 tick of the range has its run already.')).toBeVisible()
  expect(asked.every((each) => each.dryRun)).toBe(true)
  expect(await axe(container)).toHaveNoViolations()
  await userEvent.click(section.getByRole('button', { name: 'Start 24 runs' }))
  expect(await section.findByText(/wait for their runs/)).toHaveTextContent(/^24 ticks wait/)
  const started = asked.find((each) => !each.dryRun)
  expect([asked.length, Date.parse(started?.to ?? '') - Date.parse(started?.from ?? '')]).toEqual([2, 86_400_000])
  expect(section.getByRole('button', { name: 'Choose a range' })).toBeVisible()
  expect(await axe(container)).toHaveNoViolations()
  await userEvent.click(section.getByRole('button', { name: 'Stop backfill' }))
  expect(await screen.findByText(/24 ticks will start no run/)).toBeVisible()
  expect(await section.findByText('Nothing of the past waits for its run.')).toBeVisible()
  expect(screen.getByRole('region', { name: 'Backfill' })).toHaveFocus()
})

it('says at its field why a range is refused, and starts nothing', async () => {
  const { section } = await open()
  server.use(
    http.post('*/api/v1/schedules/:id/backfill', () =>
      problem(422, 'Not valid', [{ path: '/from', message: 'The ledger reaches 90 days back' }]),
    ),
  )
  await choose()
  expect(await section.findByText('The ledger reaches 90 days back')).toBeVisible()
  expect(section.getByText('Mend the range first.')).toBeVisible()
  expect(section.getByRole('button', { name: 'Start runs' })).toBeDisabled()
})

it('closes the form by Escape and keeps the panel', async () => {
  const { section } = await open()
  await choose()
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(section.queryByLabelText('From')).toBeNull())
  expect(section.getByRole('button', { name: 'Choose a range' })).toHaveFocus()
})

it('says that what waits goes on when a paused schedule is resumed', async () => {
  const { section } = await open({ status: 'paused', nextFireAt: null })
  await choose()
  await userEvent.click(await section.findByRole('button', { name: 'Start 24 runs' }))
  expect(await section.findByText('They go on when the schedule is resumed.')).toBeVisible()
})
