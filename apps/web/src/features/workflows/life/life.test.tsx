import type { DefinitionChange, Workflow, WorkflowTransition } from '@orrery/shared-types'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, withContent } from '../../../test/app.tsx'
import { project, transition, workflow, workflowVersion } from '../../../test/fixtures.ts'
import { server } from '../../../test/server.ts'
import { axe } from '../../../test/setup.ts'
import { comparedWith, pairOf } from './pair.ts'

const text = (uses: string) => `name: Nightly triage\nsteps:\n  fetch:\n    uses: ${uses}\n`
const versions = [3, 2, 1].map((version) => ({
  ...workflowVersion,
  version,
  definition: text(version === 1 ? 'noop' : 'http'),
  publishedAt: version === 3 ? null : workflowVersion.publishedAt,
}))
const changes: DefinitionChange[] = [
  { path: '/steps/fetch/uses', kind: 'changed', before: 'noop', after: 'http' },
  { path: '/steps/fetch/with', kind: 'added', after: { url: 'https://example.com' } },
]
const paused: Partial<Workflow> = { pausedAt: '2026-11-20T12:00:00.000Z' }

function openLife(path: string, change: Partial<Workflow> = {}, transitions: WorkflowTransition[] = [transition]) {
  const asked: unknown[] = []
  const note = async ({ request }: { request: Request }) => {
    const body = request.method === 'DELETE' ? null : await request.json()
    asked.push([`${request.method} ${new URL(request.url).pathname.split('/').slice(5).join('/')}`, body])
    return request.method === 'DELETE' ? new HttpResponse(null, { status: 204 }) : HttpResponse.json({ ...workflow, ...change })
  }
  withContent()
  server.use(
    http.get('*/api/v1/workflows/:id', () => HttpResponse.json({ ...workflow, publishedVersion: 2, latestVersion: 3, ...change })),
    http.get('*/api/v1/workflows/:id/versions', () => HttpResponse.json({ items: versions, nextCursor: null })),
    http.get('*/api/v1/workflows/:id/transitions', () => HttpResponse.json({ items: transitions, nextCursor: null })),
    http.get('*/api/v1/workflows/:id/diff', ({ request }) => {
      const { searchParams } = new URL(request.url)
      const at = (name: string) => versions.find((each) => String(each.version) === searchParams.get(name))
      return HttpResponse.json({ from: at('from'), to: at('to'), changes: searchParams.get('from') === '1' ? changes : [] })
    }),
    http.post('*/api/v1/workflows/:id/publish', note),
    http.post('*/api/v1/workflows/:id/pause', note),
    http.post('*/api/v1/workflows/:id/resume', note),
    http.delete('*/api/v1/workflows/:id', note),
  )
  return { ...openAt(path), asked }
}
const page = `/workflows/${workflow.id}/versions`

it('compares the latest with what runs, unless the address says otherwise', () => {
  const current = { ...workflow, publishedVersion: 2, latestVersion: 3 }
  expect(pairOf(current, versions, new URLSearchParams())).toEqual({ from: 2, to: 3 })
  expect(pairOf(current, versions, new URLSearchParams('from=1&to=2'))).toEqual({ from: 1, to: 2 })
  expect(pairOf(current, versions, new URLSearchParams('from=9&to=x'))).toEqual({ from: 2, to: 3 })
  expect(comparedWith(current, 2)).toBe(1)
  expect(comparedWith({ publishedVersion: null }, 1)).toBe(1)
})

it('lists the versions, with that which runs marked and who wrote each', async () => {
  const { container } = openLife(page)
  const rows = within(await screen.findByRole('list', { name: 'Versions' })).getAllByRole('listitem')
  expect(rows[0]).toHaveTextContent(/v3.*draft.*by you/)
  expect(rows[1]).toHaveTextContent(/v2.*Published/)
  expect(rows[2]).toHaveTextContent(/v1.*was published/)
  expect(screen.getByText('3 versions; new runs take 2, while 3 is not published.')).toBeVisible()
  expect(await axe(container)).toHaveNoViolations()
})

it('says what differs in meaning, and shows both texts', async () => {
  const { container } = openLife(`${page}?from=1&to=2`)
  const list = await screen.findByRole('region', { name: 'What changed' })
  const rows = within(list).getAllByRole('listitem')
  expect(rows[0]).toHaveTextContent(/Changed.*\/steps\/fetch\/uses.*noop.*http/)
  expect(rows[1]).toHaveTextContent(/Added.*\/steps\/fetch\/with.*https:\/\/example.com/)
  await waitFor(() => expect(container.querySelector('[data-text-diff]')?.shadowRoot?.textContent).toContain('uses: noop'))
  expect(container.querySelector('[data-text-diff]')?.shadowRoot?.textContent).toContain('uses: http')
  expect(await axe(container)).toHaveNoViolations()
})

it('says so when only the writing differs', async () => {
  openLife(page, { publishedVersion: 1 })
  await userEvent.selectOptions(await screen.findByLabelText('Older version'), 'v2')
  expect(await screen.findByText('The two texts are the same.')).toBeVisible()
})

it('rolls back in words that say so, and offers the way back', async () => {
  const { asked } = openLife(`${page}?from=2&to=1`)
  expect(await screen.findByText('New runs then take 1 in place of 2; runs that have begun keep theirs.')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Roll back to version 1' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  await waitFor(() =>
    expect(asked).toEqual([
      ['POST publish', { version: 1 }],
      ['POST publish', { version: 2 }],
    ]),
  )
})

it('publishes a newer version, and has nothing to offer for the one that runs', async () => {
  const { asked } = openLife(page)
  await userEvent.click(await screen.findByRole('button', { name: 'Publish version 3' }))
  await waitFor(() => expect(asked).toEqual([['POST publish', { version: 3 }]]))
  await userEvent.click(within(screen.getByRole('list', { name: 'Versions' })).getByRole('link', { name: /^v2/ }))
  expect(await screen.findByText('New runs take version 2.')).toBeVisible()
})

it('tells what became of it, by whom and why', async () => {
  const pause: WorkflowTransition = { ...transition, fromStatus: 'published', toStatus: 'paused', reason: 'too many tickets' }
  openLife(page, {}, [{ ...transition, fromStatus: 'paused' }, pause, { ...transition, fromStatus: null, toStatus: 'draft' }])
  const rows = within(await screen.findByRole('list', { name: 'What became of it' })).getAllByRole('listitem')
  expect(rows.map((row) => row.textContent)).toEqual([
    expect.stringMatching(/^Resumed.*by you/),
    expect.stringMatching(/^Paused.*“too many tickets”/),
    expect.stringMatching(/^Created/),
  ])
})

it('pauses with a reason from the editor, and offers the way back', async () => {
  const { asked, container } = openLife(`/workflows/${workflow.id}`)
  await userEvent.click(await screen.findByRole('button', { name: 'More about this workflow' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Pause' }))
  await userEvent.type(await screen.findByLabelText(/Reason/), 'too many tickets')
  expect(await axe(container)).toHaveNoViolations()
  await userEvent.click(screen.getByRole('button', { name: 'Pause workflow' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  await waitFor(() =>
    expect(asked).toEqual([
      ['POST pause', { reason: 'too many tickets' }],
      ['POST resume', {}],
    ]),
  )
})

it('says at its head that it is paused, since when, by whom and why, and resumes it', async () => {
  const pause: WorkflowTransition = { ...transition, fromStatus: 'published', toStatus: 'paused', reason: 'too many tickets' }
  const { asked } = openLife(`/workflows/${workflow.id}?run=1`, paused, [pause])
  const note = await screen.findByRole('region', { name: 'Paused' })
  await waitFor(() => expect(note).toHaveTextContent(/Paused since .* by you\. New runs wait.*“too many tickets”/))
  expect(screen.getByText('Paused v2')).toBeVisible()
  expect(screen.getByText(/the run is put down now and begins once it is resumed/)).toBeVisible()
  await userEvent.click(within(note).getByRole('button', { name: 'Resume' }))
  await waitFor(() => expect(asked).toEqual([['POST resume', {}]]))
})

it('shows in the list which are paused', async () => {
  withContent()
  server.use(http.get('*/api/v1/workflows', () => HttpResponse.json({ items: [{ ...workflow, ...paused }], nextCursor: null })))
  openAt('/workflows')
  expect(await screen.findByText('1 workflow, all published. 1 is paused.')).toBeVisible()
  expect(screen.getByText('Paused v1')).toBeVisible()
})

it('retires only after its slug was typed', async () => {
  const { asked, router } = openLife(page)
  await userEvent.click(await screen.findByRole('button', { name: 'More about this workflow' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Retire' }))
  const button = await screen.findByRole('button', { name: 'Retire workflow' })
  expect(button).toBeDisabled()
  await userEvent.type(screen.getByLabelText(`Type ${workflow.slug} to confirm`), workflow.slug)
  await userEvent.click(button)
  await waitFor(() => expect(router.state.location.pathname).toBe('/workflows'))
  expect(asked).toEqual([['DELETE ', null]])
})

it('lets an operator pause and not retire, and says that a retired one starts nothing', async () => {
  openLife(`/workflows/${workflow.id}`, { status: 'archived' })
  server.use(http.get('*/api/v1/projects', () => HttpResponse.json({ items: [{ ...project, role: 'operator' }], nextCursor: null })))
  expect(await screen.findByText(/Retired: nothing of it starts any more/)).toBeVisible()
  expect(screen.getByRole('button', { name: 'Run' })).toBeDisabled()
  await userEvent.click(screen.getByRole('button', { name: 'More about this workflow' }))
  expect(await screen.findByRole('menuitem', { name: 'Pause' })).toHaveAttribute('data-disabled')
  expect(screen.queryByRole('menuitem', { name: 'Retire' })).toBeNull()
})
