import type { Queue, QueueList } from '@orrery/shared-types'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { moment } from '../../lib/format.ts'
import { useSession } from '../../lib/session.ts'
import { openAt, problem, withContent, withNothing } from '../../test/app.tsx'
import { idOf, project, queue, user } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'
import { queuesSentence } from './queue-words.ts'

const early = '2020-11-20T12:02:00.000Z'
const late = '2020-11-20T13:00:00.000Z'
const gpu: Queue = { ...queue, name: 'queue:gpu', workers: 0, ready: 3, oldestReadyAt: late, oldestAgeMs: 60_000, lastSeenAt: null }
const code: Queue = { ...queue, name: 'code', ready: 12, running: 2, oldestReadyAt: early, oldestAgeMs: 120_000 }
const listOf = (items: Queue[], change: Partial<QueueList> = {}): QueueList => ({
  items,
  project: { running: 2, limit: null, pausedAt: null },
  bells: [],
  ...change,
})

it.each<[string, Partial<Queue>[], Partial<QueueList>]>([
  ['Nothing waits.', [{}], {}],
  ['Nothing waits; 2 steps run.', [{ running: 2 }], {}],
  ['Nothing waits. 1 dead letter is open.', [{ deadLetters: 1 }], {}],
  [`1 step waits in code since ${moment(early)}.`, [{ ...code, ready: 1 }], {}],
  [`12 steps wait in code since ${moment(early)}, 3 in queue:gpu since ${moment(late)}; no worker takes from queue:gpu.`, [gpu, code], {}],
  [`12 steps wait in code since ${moment(early)}; paused: code.`, [{ ...code, pausedAt: late }], {}],
  [`12 steps wait in code since ${moment(early)}; at its limit: code.`, [{ ...code, limit: 2 }], {}],
  [
    `12 steps wait in code since ${moment(early)}; all queues of the project are paused since ${moment(late)}.`,
    [code],
    { project: { running: 2, limit: null, pausedAt: late } },
  ],
])('opens with "%s"', (sentence, queues, change) => {
  expect(
    queuesSentence(
      listOf(
        queues.map((each) => ({ ...queue, ...each })),
        change,
      ),
    ),
  ).toBe(sentence)
})

function openQueues(path: string, list: QueueList, { admin = false }: { admin?: boolean } = {}) {
  const asked: unknown[] = []
  const note =
    (answer: object) =>
    async ({ request }: { request: Request }) => {
      asked.push([request.method, new URL(request.url).pathname.replace('/api/v1', ''), await request.json()])
      return HttpResponse.json(answer)
    }
  withContent()
  server.use(
    http.get('*/api/v1/queues', () => HttpResponse.json(list)),
    http.patch('*/api/v1/queues/:name', note({ name: 'code', projectId: project.id, pausedAt: null, limit: null })),
    http.post('*/api/v1/queues/:name/drain', note({ drained: 3, left: false })),
    http.post('*/api/v1/queues/:name/retry', note({ runs: ['run_1'], left: 1 })),
    http.post('*/api/v1/queues/bells/:name/retry', note({ count: 2 })),
  )
  const view = openAt(path)
  if (admin) useSession.setState({ user: { ...user, role: 'admin' } })
  return { ...view, asked }
}

it('shows of each queue what waits, runs against its limit, takes from it and was given up', async () => {
  const { container } = openQueues('/queues', listOf([{ ...code, limit: 5, deadLetters: 4 }, gpu]))
  const table = await screen.findByRole('table', { name: 'Queues' })
  const rows = within(table).getAllByRole('row').slice(1)
  expect(rows[0]).toHaveTextContent(/code.*Working.*12.*2 \/ 5/)
  expect(rows[1]).toHaveTextContent(/queue:gpu.*No worker.*3.*never/)
  const letters = within(table).getByRole('link', { name: '4 dead letters of code' })
  expect(letters).toHaveAttribute('href', `/queues/dead-letters?queue=code&projectId=${project.id}`)
  expect(await axe(container)).toHaveNoViolations()
})

it('pauses a queue, and offers the way back', async () => {
  const { asked } = openQueues('/queues/code', listOf([code]))
  await userEvent.click(await screen.findByRole('button', { name: 'Pause' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  const change = (paused: boolean) => ['PATCH', '/queues/code', { paused, projectId: project.id }]
  await waitFor(() => expect(asked).toEqual([change(true), change(false)]))
})

it('bounds a queue and clears the bound, and says at the field what is no limit', async () => {
  const { asked } = openQueues('/queues/code', listOf([{ ...code, limit: 7 }]))
  const field = await screen.findByLabelText('Most steps at a time')
  expect(field).toHaveValue('7')
  await userEvent.clear(field)
  await userEvent.type(field, '0')
  await userEvent.click(screen.getByRole('button', { name: 'Set limit' }))
  expect(screen.getByText('A whole number from 1 to 100,000')).toBeVisible()
  await userEvent.clear(field)
  await userEvent.type(field, '2')
  await userEvent.click(screen.getByRole('button', { name: 'Set limit' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Clear the limit' }))
  const change = (limit: number | null) => ['PATCH', '/queues/code', { limit, projectId: project.id }]
  await waitFor(() => expect(asked).toEqual([change(2), change(null)]))
})

it('bounds all queues of the project together', async () => {
  const { asked } = openQueues('/queues', listOf([code], { project: { running: 2, limit: 9, pausedAt: null } }))
  expect(await screen.findByText('2 steps run of at most 9')).toBeVisible()
  await userEvent.click(screen.getByRole('link', { name: 'Pause or bound all' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Clear the limit' }))
  await waitFor(() => expect(asked).toEqual([['PATCH', '/queues/*', { limit: null, projectId: project.id }]]))
  expect(screen.queryByRole('button', { name: 'Drain' })).toBeNull()
})

it('drains only after the name of the queue was typed, since it fails what waits', async () => {
  const { asked, container } = openQueues('/queues/queue:gpu', listOf([gpu]))
  await userEvent.click(await screen.findByRole('button', { name: 'Drain' }))
  const confirm = await screen.findByRole('button', { name: 'Drain queue' })
  expect(confirm).toBeDisabled()
  expect(screen.getByText(/3 steps that wait in it for this project fail as drained/)).toBeVisible()
  await userEvent.type(screen.getByLabelText('Type queue:gpu to confirm'), 'queue:gpu')
  await userEvent.click(confirm)
  expect(await screen.findByText('3 steps are given up')).toBeVisible()
  expect(asked).toEqual([['POST', '/queues/queue%3Agpu/drain', { projectId: project.id }]])
  expect(await axe(container)).toHaveNoViolations()
})

it('redrives what was given up in a queue, and says what is left', async () => {
  openQueues('/queues/code', listOf([{ ...code, deadLetters: 2 }]))
  await userEvent.click(await screen.findByRole('button', { name: 'Redrive 2' }))
  expect(await screen.findByText('1 run is started again; 1 step left, of runs that have not ended yet')).toBeVisible()
})

it('offers an operator to redrive alone, and a viewer nothing', async () => {
  openQueues('/queues/code', listOf([{ ...code, deadLetters: 2 }]))
  server.use(http.get('*/api/v1/projects', () => HttpResponse.json({ items: [{ ...project, role: 'operator' }], nextCursor: null })))
  expect(await screen.findByRole('button', { name: 'Redrive 2' })).toBeVisible()
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Pause' })).toBeNull())
  expect(screen.queryByRole('button', { name: 'Drain' })).toBeNull()
  expect(screen.queryByLabelText('Most steps at a time')).toBeNull()
})

it('shows administrators the installation, with the bells', async () => {
  const bells = [{ name: 'orrery-runs', waiting: 1, active: 0, delayed: 0, failed: 2, oldestAgeMs: 1500 }]
  const { asked, container } = openQueues('/queues', listOf([{ ...code, projectId: null }], { project: null, bells }), { admin: true })
  await userEvent.click(await screen.findByRole('button', { name: 'Retry failed of orrery-runs' }))
  expect(await screen.findByText('2 failed jobs ring again')).toBeVisible()
  expect(asked).toEqual([['POST', '/queues/bells/orrery-runs/retry', {}]])
  expect(await axe(container)).toHaveNoViolations()
})

it('asks whoever sees several projects to choose one', async () => {
  const other = { ...project, id: idOf('prj', 2), name: 'Depot' }
  openQueues('/queues', listOf([code]))
  server.use(http.get('*/api/v1/projects', () => HttpResponse.json({ items: [project, other], nextCursor: null })))
  await userEvent.click(await screen.findByRole('button', { name: 'Depot' }))
  expect(await screen.findByRole('table', { name: 'Queues' })).toBeVisible()
})

it('shows the project of the address to whoever opens it, until they choose another', async () => {
  const other = { ...project, id: idOf('prj', 2), name: 'Depot' }
  const asked: (string | null)[] = []
  localStorage.setItem('orrery.project', project.id)
  const { router } = openQueues(`/queues?projectId=${other.id}`, listOf([code]))
  server.use(
    http.get('*/api/v1/projects', () => HttpResponse.json({ items: [project, other], nextCursor: null })),
    http.get('*/api/v1/queues', ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('projectId'))
      return HttpResponse.json(listOf([code]))
    }),
  )
  await screen.findByRole('table', { name: 'Queues' })
  await userEvent.click(await screen.findByRole('button', { name: 'Project: Shop' }))
  expect([new Set(asked), router.state.location.search]).toEqual([new Set([other.id]), `?projectId=${other.id}`])
  await userEvent.click(await screen.findByRole('menuitem', { name: 'All projects' }))
  await waitFor(() => expect(router.state.location.search).toBe(''))
  localStorage.removeItem('orrery.project')
})

it('says that figures are old when they could not be asked for again', async () => {
  const { client } = openQueues('/queues', listOf([code]))
  await screen.findByRole('table', { name: 'Queues' })
  server.use(http.get('*/api/v1/queues', () => problem(422, 'Something broke')))
  await client.invalidateQueries()
  expect(await screen.findByText(/may be stale · as of/)).toBeVisible()
  expect(screen.getByRole('table', { name: 'Queues' })).toBeVisible()
})

it('teaches who has no project that queues belong to one', async () => {
  withNothing()
  openAt('/queues')
  expect(await screen.findByRole('heading', { name: 'No projects yet' })).toBeVisible()
})
