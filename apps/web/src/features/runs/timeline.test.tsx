import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, problem, withContent } from '../../test/app.tsx'
import { idOf, makeStep, run } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'

const about = { stepId: run.steps[0]?.id, key: 'fetch', itemIndex: null, kind: 'attempt', error: null, childRunId: null }
const child = idOf('run', 5)
const items = [
  {
    ...about,
    attempt: 1,
    startedAt: '2026-11-20T12:00:00.100Z',
    endedAt: '2026-11-20T12:00:00.300Z',
    error: { code: 'exit_code', message: 'It ended with 1' },
  },
  { ...about, attempt: 2, startedAt: '2026-11-20T12:00:00.500Z', endedAt: '2026-11-20T12:00:01.000Z', childRunId: child },
]

it('says of each failed attempt how it failed, and leads to all attempts of the step', async () => {
  withContent()
  server.use(http.get('*/api/v1/runs/:id/timeline', () => HttpResponse.json({ items })))
  const { container } = openAt(`/runs/${run.id}?show=times`)
  const failed = await screen.findByRole('button', { name: 'Attempt 1 of fetch failed: It ended with 1' })
  await userEvent.hover(failed)
  expect(await screen.findByText('exit_code')).toBeVisible()
  await userEvent.click(failed)
  expect(await screen.findByRole('link', { name: /^run…/ })).toHaveAttribute('href', `/runs/${child}`)
  expect(screen.getAllByText('200 ms').length).toBeGreaterThan(0)
  expect(await axe(container)).toHaveNoViolations()
})

it('draws what the steps know while the timeline is not to be had', async () => {
  withContent()
  server.use(http.get('*/api/v1/runs/:id/timeline', () => problem(422, 'Something broke')))
  openAt(`/runs/${run.id}`)
  expect(await screen.findByRole('button', { name: 'fetch, Done' })).toBeVisible()
})

it('leads to the run that a step began, after it has ended too', async () => {
  withContent()
  const began = { ...run, steps: [makeStep({ uses: 'workflow', childRunId: child })] }
  server.use(http.get('*/api/v1/runs/:id', () => HttpResponse.json(began)))
  server.use(http.get('*/api/v1/runs/:id/timeline', () => HttpResponse.json({ items: [] })))
  openAt(`/runs/${run.id}`)
  await userEvent.click(await screen.findByRole('button', { name: 'fetch, Done' }))
  expect(await screen.findByRole('link', { name: /^run…/ })).toHaveAttribute('href', `/runs/${child}`)
})
