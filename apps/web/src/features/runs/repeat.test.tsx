import type { Run } from '@orrery/shared-types'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, problem, withContent } from '../../test/app.tsx'
import { idOf, run } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'

const next = idOf('run', 7)
const failed: Partial<Run> = { status: 'failed', outcome: 'failed' }
const repo = { type: 'string', required: true, description: 'Which checkout' }

/** Opens the run; `asked` holds what was asked for in its name. */
function open(search = '', change: Partial<Run> = {}) {
  const asked: unknown[] = []
  withContent()
  server.use(
    http.get(`*/api/v1/runs/${run.id}`, () => HttpResponse.json({ ...run, ...change })),
    http.post('*/api/v1/workflows/validate', () => HttpResponse.json({ valid: true, errors: [], graph: null, inputs: { repo } })),
    http.post(`*/api/v1/runs/${run.id}/:verb`, async ({ request, params }) => {
      asked.push([params['verb'], await request.json()])
      return HttpResponse.json({ ...run, id: next }, { status: 201 })
    }),
  )
  return { ...openAt(`/runs/${run.id}${search}`), asked }
}

it('retries what failed and goes to the new run', async () => {
  const { asked, router } = open('', failed)
  await userEvent.click(await screen.findByRole('button', { name: 'Retry' }))
  await waitFor(() => expect(router.state.location.pathname).toBe(`/runs/${next}`))
  expect(asked).toEqual([['retry', {}]])
})

it('says why a retry was refused and stays', async () => {
  const { router } = open('', failed)
  server.use(http.post('*/api/v1/runs/:id/retry', () => problem(409, 'This run has not ended yet')))
  await userEvent.click(await screen.findByRole('button', { name: 'Retry' }))
  expect((await screen.findAllByText('The run could not be retried')).length).toBeGreaterThan(0)
  expect(screen.getAllByText('This run has not ended yet').length).toBeGreaterThan(0)
  expect(router.state.location.pathname).toBe(`/runs/${run.id}`)
})

it('offers no retry of a run that succeeded, and nothing at all while it runs', async () => {
  const { unmount } = open()
  expect(await screen.findByRole('link', { name: 'Replay' })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull()
  unmount()
  open('', { status: 'in_progress', outcome: null, endedAt: null, durationMs: null })
  expect(await screen.findByRole('button', { name: 'Cancel run' })).toBeVisible()
  expect(screen.queryByRole('link', { name: 'Replay' })).toBeNull()
})

it('replays with the input of the run unless it is changed', async () => {
  const { asked, router, container } = open('?repeat=replay')
  const field = await screen.findByLabelText('repo')
  expect(field).toHaveValue('orrery')
  expect(await axe(container)).toHaveNoViolations()
  await userEvent.click(screen.getByRole('button', { name: 'Replay run' }))
  await waitFor(() => expect(router.state.location.pathname).toBe(`/runs/${next}`))
  expect(asked).toEqual([['replay', {}]])
})

it('asks for a missing input before it replays, then sends what was typed', async () => {
  const { asked } = open('?repeat=replay')
  const field = await screen.findByLabelText('repo')
  await userEvent.clear(field)
  await userEvent.click(screen.getByRole('button', { name: 'Replay run' }))
  expect(screen.getByText('Mend the input first')).toBeVisible()
  await userEvent.type(field, 'other')
  await userEvent.click(screen.getByRole('button', { name: 'Replay run' }))
  await waitFor(() => expect(asked).toEqual([['replay', { input: { repo: 'other' } }]]))
})

it('forks from the selected step', async () => {
  const { asked, router } = open(`?step=${run.steps[0]?.id}`)
  await userEvent.click(await screen.findByRole('link', { name: 'Fork from here' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Fork from fetch' }))
  await waitFor(() => expect(asked).toEqual([['fork', { fromStep: 'fetch' }]]))
  expect(router.state.location.pathname).toBe(`/runs/${next}`)
})

it('leads from a repeated run to its origin and to a comparison', async () => {
  const origin = idOf('run', 3)
  open('', { trigger: 'replay', originRunId: origin })
  expect(await screen.findByRole('link', { name: 'Compare with origin' })).toHaveAttribute('href', `/runs/${run.id}/compare?with=${origin}`)
  expect(screen.getByTitle(origin)).toHaveAttribute('href', `/runs/${origin}`)
})
