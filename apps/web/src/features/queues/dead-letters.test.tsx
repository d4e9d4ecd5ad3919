import type { DeadLetter } from '@orrery/shared-types'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, withContent } from '../../test/app.tsx'
import { deadLetter, idOf, project, run } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'

const page = (items: unknown[], nextCursor: string | null = null) => HttpResponse.json({ items, nextCursor })

function openLetter(change: Partial<DeadLetter> = {}) {
  const asked: string[] = []
  const note =
    (answer: object | null, status: number) =>
    ({ request }: { request: Request }) => {
      asked.push(`${request.method} ${new URL(request.url).pathname.replace('/api/v1', '')}`)
      return answer === null ? new HttpResponse(null, { status }) : HttpResponse.json(answer, { status })
    }
  withContent()
  server.use(
    http.get('*/api/v1/dead-letters/:id', () => HttpResponse.json({ ...deadLetter, ...change })),
    http.post('*/api/v1/dead-letters/:id/redrive', note({ ...run, id: idOf('run', 7) }, 201)),
    http.post('*/api/v1/queues/:name/retry', note({ runs: [idOf('run', 7), idOf('run', 8)], left: 0 }, 200)),
    http.delete('*/api/v1/dead-letters/:id', note(null, 204)),
  )
  return { ...openAt(`/queues/dead-letters/${deadLetter.id}`), asked }
}

it('narrows the list by state and queue, keeps both in the address, and pages on', async () => {
  const asked: string[] = []
  withContent()
  server.use(
    http.get('*/api/v1/dead-letters', ({ request }) => {
      const { searchParams } = new URL(request.url)
      asked.push(['state', 'queue', 'cursor'].map((name) => searchParams.get(name)).join(' '))
      return searchParams.has('cursor') ? page([{ ...deadLetter, id: idOf('stp', 8) }]) : page([deadLetter], 'next')
    }),
  )
  const { router } = openAt('/queues/dead-letters')
  await screen.findByRole('table', { name: 'Dead letters' })
  await userEvent.click(screen.getByRole('button', { name: 'Redriven' }))
  await userEvent.selectOptions(screen.getByLabelText('Queue'), 'queue:gpu')
  await waitFor(() => expect(asked.at(-1)).toBe('redriven queue:gpu '))
  expect(router.state.location.search).toBe('?state=redriven&queue=queue%3Agpu')
  await userEvent.click(await screen.findByRole('button', { name: 'Show more' }))
  await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(3))
  expect(asked.at(-1)).toBe('redriven queue:gpu next')
})

it('says of a step why it was given up, with its last lines and its run', async () => {
  const { container } = openLetter({ itemIndex: 4 })
  const panel = await screen.findByRole('complementary', { name: 'Dead letter' })
  expect(await within(panel).findByText('Three workers were lost over this step')).toBeVisible()
  expect(within(panel).getByRole('heading', { name: 'Nightly triage · train[4]' })).toBeVisible()
  expect(within(panel).getByRole('group', { name: 'Last log lines' })).toHaveTextContent('loading the model epoch 1')
  expect(within(panel).getByTitle(run.id)).toHaveAttribute('href', `/runs/${run.id}?step=${deadLetter.id}`)
  expect(within(panel).getByRole('link', { name: 'queue:gpu' })).toHaveAttribute('href', `/queues/queue:gpu?projectId=${project.id}`)
  expect(await axe(container)).toHaveNoViolations()
})

it('starts the run again, or all of the queue, and leads to the new one', async () => {
  const { asked, router } = openLetter()
  await userEvent.click(await screen.findByRole('button', { name: 'Redrive all of its queue' }))
  expect(await screen.findByText('2 runs are started again')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Redrive' }))
  await userEvent.click(await screen.findByRole('button', { name: 'See it' }))
  expect(router.state.location.pathname).toBe(`/runs/${idOf('run', 7)}`)
  expect(asked).toEqual(['POST /queues/queue%3Agpu/retry', `POST /dead-letters/${deadLetter.id}/redrive`])
})

it('says before it dismisses that there is no way back', async () => {
  const { asked, router, container } = openLetter()
  await userEvent.click(await screen.findByRole('button', { name: 'Dismiss' }))
  const dialog = await screen.findByRole('dialog', { name: 'Dismiss this dead letter?' })
  expect(dialog).toHaveTextContent('can’t be redriven from here any more')
  expect(await axe(container)).toHaveNoViolations()
  await userEvent.click(within(dialog).getByRole('button', { name: 'Dismiss' }))
  await waitFor(() => expect(router.state.location.pathname).toBe('/queues/dead-letters'))
  expect(asked).toEqual([`DELETE /dead-letters/${deadLetter.id}`])
})

it('leads from one that was redriven to the run in its place, and offers nothing more', async () => {
  openLetter({ redrivenAt: '2026-11-20T13:00:00.000Z', redrivenRunId: idOf('run', 7) })
  expect(await screen.findByTitle(idOf('run', 7))).toHaveAttribute('href', `/runs/${idOf('run', 7)}`)
  expect(screen.queryByRole('button', { name: 'Redrive' })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Dismiss' })).toBeNull()
})
