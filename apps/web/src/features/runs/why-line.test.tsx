import type { Run } from '@orrery/shared-types'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, problem, withContent } from '../../test/app.tsx'
import { makeStep, project, run } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'

const child = 'run_01kab2c3d4e5f6g7h8j9k0mn07'
const step = makeStep({ key: 'gate', uses: 'wait', status: 'blocked', endedAt: null, input: { signal: 'go' } })
const blocked: Run = {
  ...run,
  status: 'blocked',
  blockedReason: 'step gate waits for the signal go',
  outcome: null,
  endedAt: null,
  durationMs: null,
  steps: [step],
}

function openBlocked(why: { sentence: string; action: string | null }, change: Partial<Run> = {}) {
  withContent()
  server.use(
    http.get(`*/api/v1/runs/${run.id}`, () => HttpResponse.json({ ...blocked, ...change })),
    http.get('*/api/v1/runs/:id/why', () => HttpResponse.json({ status: 'blocked', reasons: [], ...why })),
  )
  return openAt(`/runs/${run.id}`)
}

it('says why a blocked run does not move, and sends the signal that frees it', async () => {
  const { container } = openBlocked({ sentence: 'Step gate waits for the signal go.', action: 'Send the signal go, or cancel the run.' })
  const sent: unknown[] = []
  server.use(
    http.post(`*/api/v1/runs/${run.id}/signals/go`, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json({ accepted: true })
    }),
  )
  expect(await screen.findByText('Step gate waits for the signal go.')).toBeVisible()
  expect(screen.getByText('Blocked: step gate waits for the signal go')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Send signal go' }))
  const payload = await screen.findByLabelText(/Payload/)
  await userEvent.type(payload, 'not json')
  await userEvent.click(screen.getByRole('button', { name: 'Send signal' }))
  expect(await screen.findByText('This is not valid JSON; text stands in quotes')).toBeVisible()
  await userEvent.clear(payload)
  await userEvent.type(payload, '[[1]')
  await userEvent.click(screen.getByRole('button', { name: 'Send signal' }))
  expect(await screen.findByText('The signal go is sent')).toBeVisible()
  expect(sent).toEqual([{ payload: [1] }])
  expect(await axe(container)).toHaveNoViolations()
})

it('links the run that it waits for', async () => {
  openBlocked({ sentence: `Step each waits for the run ${child}.`, action: null }, { steps: [makeStep({ uses: 'workflow' })] })
  expect(await screen.findByRole('link', { name: /^run…/ })).toHaveAttribute('href', `/runs/${child}`)
  expect(screen.queryByRole('button', { name: /Send signal/ })).toBeNull()
})

it('keeps the signal from who may only look', async () => {
  openBlocked({ sentence: 'It waits.', action: null })
  server.use(http.get('*/api/v1/projects', () => HttpResponse.json({ items: [{ ...project, role: 'viewer' }], nextCursor: null })))
  expect(await screen.findByText('It waits.')).toBeVisible()
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Send signal go' })).toBeNull())
  expect(screen.queryByRole('button', { name: 'Cancel run' })).toBeNull()
})

it('says that the reason is unknown when nobody tells it', async () => {
  openBlocked({ sentence: '', action: null })
  server.use(http.get('*/api/v1/runs/:id/why', () => problem(422, 'Something broke')))
  expect(await screen.findByText(/Why it does not move is unknown: Something broke/)).toBeVisible()
  expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible()
})

it('shows what a step asks, and takes the answer with a comment', async () => {
  const ask = makeStep({
    key: 'ask',
    uses: 'approval',
    status: 'blocked',
    endedAt: null,
    input: { title: 'Page the on-call?', description: 'It is late.' },
  })
  const { container } = openBlocked(
    { sentence: 'Step ask waits for somebody.', action: 'Approve or reject it, or cancel the run.' },
    { steps: [ask] },
  )
  const sent: unknown[] = []
  server.use(
    http.post(`*/api/v1/approvals/${ask.id}/reject`, async ({ request }) => {
      sent.push(await request.json())
      return sent.length === 1
        ? problem(403, 'This needs the role manager in the project; yours is operator')
        : HttpResponse.json({ title: 'Page the on-call?', state: 'rejected' })
    }),
  )
  expect(await screen.findByRole('button', { name: 'Approve' })).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Reject' }))
  expect(await screen.findByRole('dialog', { name: 'Reject: Page the on-call?' })).toBeVisible()
  expect(screen.getByText('It is late.')).toBeVisible()
  await userEvent.type(screen.getByLabelText(/Comment/), ' Not now ')
  const confirm = () => userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Reject' }))
  await confirm()
  expect(await screen.findByText(/This needs the role manager/)).toBeVisible()
  expect(await axe(container)).toHaveNoViolations()
  await confirm()
  expect(await screen.findByText('“Page the on-call?” is rejected')).toBeVisible()
  expect(sent).toEqual([{ comment: 'Not now' }, { comment: 'Not now' }])
})
