import type { Schedule } from '@orrery/shared-types'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, problem, withContent } from '../../test/app.tsx'
import { schedule } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'
import { typedTime } from './typed-time.ts'

const inputs = { repo: { type: 'string', required: true }, fireAt: { type: 'string', required: true } }
const path = `/schedules/${schedule.id}`

async function open(given: Partial<Schedule> = {}) {
  const asked: unknown[] = []
  withContent()
  server.use(
    http.post('*/api/v1/workflows/validate', () => HttpResponse.json({ valid: true, errors: [], graph: { nodes: [], edges: [] }, inputs })),
    http.get(`*/api/v1${path}`, () => HttpResponse.json({ ...schedule, input: { repo: 'orrery' }, ...given })),
    http.patch(`*/api/v1${path}`, async ({ request }) => {
      asked.push(await request.json())
      return HttpResponse.json(schedule)
    }),
  )
  const { router, container } = openAt(`${path}/edit`)
  await screen.findByRole('button', { name: 'Save changes' })
  return { asked, router, container }
}
const save = () => userEvent.click(screen.getByRole('button', { name: 'Save changes' }))
const refill = async (label: string, text: string) => {
  const field = screen.getByLabelText(label)
  await userEvent.clear(field)
  await userEvent.type(field, text)
}

it('shows what the schedule has and changes only what was changed', async () => {
  const endAt = '2040-01-01T00:00:00.000Z'
  const { asked, router, container } = await open({ endAt })
  expect(screen.getByLabelText('Cron pattern')).toHaveValue('0 9 * * *')
  expect(screen.getByLabelText('Time zone')).toHaveValue('Europe/Berlin')
  expect(screen.getByLabelText(/Not after/)).toHaveValue(typedTime(endAt).slice(0, 16))
  expect(await screen.findByLabelText('repo')).toHaveValue('orrery')
  await refill('Time zone', 'Asia/Tokyo')
  await userEvent.clear(screen.getByLabelText(/Not after/))
  await userEvent.selectOptions(screen.getByLabelText('While an earlier run is still going'), 'Skip the tick')
  await refill('As far back as', '2')
  await userEvent.selectOptions(screen.getByLabelText('Unit of how far back'), 'days')
  // the tick brings its own time
  expect(screen.getByText('The time of the tick, where this is left empty')).toBeVisible()
  await refill('repo', 'elsewhere')
  await waitFor(async () => expect(await axe(container)).toHaveNoViolations())
  await save()
  const change = { timezone: 'Asia/Tokyo', endAt: null, overlap: 'skip', catchUpWindowMs: 172_800_000, input: { repo: 'elsewhere' } }
  await waitFor(() => expect(asked).toEqual([change]))
  await waitFor(() => expect(router.state.location.pathname).toBe(path))
})

it('makes a fixed pace of a pattern', async () => {
  const { asked } = await open()
  await userEvent.click(screen.getByRole('button', { name: 'Fixed pace' }))
  await refill('Every how many', '90')
  await save()
  await waitFor(() => expect(asked).toEqual([{ everyMs: 5_400_000 }]))
})

it('asks for nothing where nothing was changed', async () => {
  const { asked } = await open({ cron: null, everyMs: 90_000 })
  expect(screen.getByLabelText('Every how many')).toHaveValue('90')
  await save()
  expect(await screen.findByText('Nothing was changed')).toBeVisible()
  expect(asked).toEqual([])
})

it('says at its field what is wrong, and what was refused at its field or at the foot, and keeps what was typed', async () => {
  const { container } = await open()
  await refill('Jitter (seconds)', '9000')
  await save()
  expect(screen.getByText('From 0 to 3600 seconds')).toBeVisible()
  expect(await axe(container)).toHaveNoViolations()
  await refill('Jitter (seconds)', '30')
  server.use(http.patch('*/api/v1/schedules/:id', () => problem(422, 'Not valid', [{ path: '/endAt', message: 'This never fires' }])))
  await save()
  expect(await screen.findByText('This never fires')).toBeVisible()
  server.use(http.patch('*/api/v1/schedules/:id', () => problem(403, 'Only operators may do this')))
  await save()
  expect(await screen.findByText('Only operators may do this')).toBeVisible()
  expect(screen.getByLabelText('Jitter (seconds)')).toHaveValue('30')
})

it('leaves the form by Escape for the schedule', async () => {
  const { router } = await open()
  await userEvent.type(screen.getByLabelText('Jitter (seconds)'), '{Escape}')
  await waitFor(() => expect(router.state.location.pathname).toBe(path))
})
