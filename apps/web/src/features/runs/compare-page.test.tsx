import type { RunComparison } from '@orrery/shared-types'
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, problem, withContent } from '../../test/app.tsx'
import { idOf, run } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'

const origin = idOf('run', 3)
const side = (output: unknown) => ({ status: 'done' as const, skipped: false, output, durationMs: 120, attempt: 1 })
const comparison: RunComparison = {
  left: origin,
  right: run.id,
  sameVersion: true,
  sameInput: false,
  sameOutput: false,
  durationMs: { left: 1000, right: null },
  costUsd: { left: null, right: null },
  steps: [
    { key: 'fetch', left: side({ rows: 1 }), right: side({ rows: 1 }), sameStatus: true, sameOutput: true },
    { key: 'sum', left: side({ total: 1 }), right: side({ total: 2 }), sameStatus: true, sameOutput: false },
    { key: 'mail', left: null, right: side(null), sameStatus: false, sameOutput: true },
  ],
}
const path = `/runs/${run.id}/compare?with=${origin}`

it('says how much came out differently and opens to what differs', async () => {
  withContent()
  server.use(http.get(`*/api/v1/runs/${origin}/compare`, () => HttpResponse.json(comparison)))
  const { container } = openAt(path)
  expect(await screen.findByText('With other input, 2 steps of 3 came out differently.')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: /sum.*different/ }))
  expect(screen.getByText('total')).toBeVisible()
  expect(screen.queryByRole('button', { name: /fetch/ })).toBeNull()
  expect(await axe(container)).toHaveNoViolations()
})

it('says what failed', async () => {
  withContent()
  server.use(http.get(`*/api/v1/runs/${origin}/compare`, () => problem(422, 'There is no such run')))
  openAt(path)
  expect(await screen.findByText('The runs could not be compared')).toBeVisible()
})

it('explains itself where no other run is named', async () => {
  withContent()
  openAt(`/runs/${run.id}/compare`)
  expect(await screen.findByRole('heading', { name: 'Nothing to compare with' })).toBeVisible()
})
