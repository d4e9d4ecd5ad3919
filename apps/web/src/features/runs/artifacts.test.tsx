import type { Artifact, LogLine } from '@orrery/shared-types'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, problem, withContent } from '../../test/app.tsx'
import { idOf, makeStep, project, run } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'

const step = makeStep({ uses: 'shell' })
const artifact: Artifact = {
  id: idOf('art', 1),
  projectId: project.id,
  runId: run.id,
  stepId: step.id,
  stepKey: 'fetch',
  itemIndex: null,
  attempt: 2,
  name: 'report/index.html',
  contentType: 'text/html; charset=utf-8',
  sizeBytes: 12_400,
  sha256: 'ab'.repeat(32),
  createdAt: '2026-11-20T12:00:00.000Z',
  expiresAt: '2026-12-20T12:00:00.000Z',
}
const line = (n: number, text: string): LogLine => ({
  cursor: `1.${n}`,
  stepId: step.id,
  stepKey: 'fetch',
  itemIndex: null,
  attempt: 1,
  at: '2026-11-20T12:00:00.000Z',
  stream: 'stdout',
  text,
})

/** What the browser was given to save. */
function watchDownloads() {
  const saved: { name: string; text: Promise<string> }[] = []
  let last: Blob | undefined
  URL.createObjectURL = (blob) => {
    last = blob as Blob
    return 'blob:test'
  }
  URL.revokeObjectURL = () => undefined
  HTMLAnchorElement.prototype.click = function click() {
    if (last) saved.push({ name: this.download, text: last.text() })
  }
  return saved
}
const { click } = HTMLAnchorElement.prototype
afterEach(() => {
  HTMLAnchorElement.prototype.click = click
})

function open(items: Artifact[], search = '') {
  withContent()
  const asked: (string | null)[] = []
  server.use(
    http.get(`*/api/v1/runs/${run.id}`, () => HttpResponse.json({ ...run, steps: [step] })),
    http.get('*/api/v1/runs/:id/artifacts', ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('stepId'))
      return HttpResponse.json({ items, nextCursor: null })
    }),
  )
  return { ...openAt(`/runs/${run.id}${search}`), asked }
}

it('shows the files of all steps of a run, and saves one with the token of the session', async () => {
  const saved = watchDownloads()
  const { container, asked } = open([artifact], '?view=artifacts')
  server.use(
    http.get(`*/api/v1/artifacts/${artifact.id}/content`, ({ request }) =>
      request.headers.get('authorization') === 'Bearer token' ? HttpResponse.text('<b>hi</b>') : problem(401, 'no'),
    ),
  )
  const list = await screen.findByRole('list', { name: 'Artifacts' })
  expect(list).toHaveTextContent(/report\/index\.html.*12\.4 kB.*from fetch.*attempt 2.*SHA-256 abababab…/)
  expect(asked).toEqual([null])
  await userEvent.click(within(list).getByRole('button', { name: 'Download report/index.html' }))
  await waitFor(() => expect(saved).toHaveLength(1))
  expect([saved[0]?.name, await saved[0]?.text]).toEqual(['index.html', '<b>hi</b>'])
  expect(await axe(container)).toHaveNoViolations()
})

it('shows those of the selected step alone, and copies the whole hash', async () => {
  const copied: string[] = []
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async (text: string) => copied.push(text) } })
  const { asked } = open([artifact], `?step=${step.id}&show=artifacts`)
  await userEvent.click(await screen.findByRole('button', { name: 'Copy the SHA-256 of report/index.html' }))
  expect(copied).toEqual([artifact.sha256])
  expect(asked).toEqual([step.id])
})

it('shows for a step that ran over a list what its items left behind', async () => {
  const items = [0, 1].map((itemIndex) => makeStep({ id: idOf('stp', 5 + itemIndex), itemIndex, uses: 'shell' }))
  open([], `?step=${step.id}&show=artifacts`)
  const asked: (string | null)[] = []
  server.use(
    http.get(`*/api/v1/runs/${run.id}`, () => HttpResponse.json({ ...run, steps: [step, ...items] })),
    http.get('*/api/v1/runs/:id/artifacts', ({ request }) => {
      asked.push(new URL(request.url).search)
      return HttpResponse.json({ items: [{ ...artifact, stepId: idOf('stp', 6), itemIndex: 1 }], nextCursor: null })
    }),
  )
  expect(await screen.findByText('from fetch[1]')).toBeVisible()
  expect(asked).toEqual([expect.stringContaining('step=fetch')])
})

it('says how files come there where there are none', async () => {
  const { container } = open([], `?step=${step.id}&show=artifacts`)
  expect(await screen.findByText('This step has left no file behind.')).toBeVisible()
  expect(screen.getByText(/artifacts: \["report\/\*\.html"\]/)).toBeVisible()
  expect(await axe(container)).toHaveNoViolations()
})

it('says that a file could not be downloaded, and why', async () => {
  watchDownloads()
  open([artifact], '?view=artifacts')
  server.use(http.get('*/api/v1/artifacts/:id/content', () => problem(503, 'The object store does not answer; try again')))
  await userEvent.click(await screen.findByRole('button', { name: 'Download report/index.html' }))
  const [title] = await screen.findAllByText('index.html could not be downloaded')
  expect(title?.parentElement).toHaveTextContent('The object store does not answer; try again')
})

describe('the log of a step', () => {
  const lines = ['begin', 'an error', 'fine', 'Another ERROR'].map((text, n) => line(n + 1, text))
  function openLog() {
    const opened = open([], `?step=${step.id}&show=logs`)
    server.use(
      http.get('*/api/v1/runs/:id/logs', ({ request }) =>
        HttpResponse.json({
          items: new URL(request.url).searchParams.has('cursor') ? [] : lines,
          nextCursor: '1.4',
          prevCursor: null,
        }),
      ),
    )
    return opened
  }

  it('is searched: how many lines fit, and from one to the next and back', async () => {
    const { container } = openLog()
    const box = await screen.findByRole('searchbox', { name: 'Search the log' })
    expect(screen.getByText('4 lines')).toBeVisible()
    await userEvent.type(box, 'error')
    expect(screen.getByText('1 of 2 matches')).toBeVisible()
    await userEvent.type(box, '{Enter}')
    expect(screen.getByText('2 of 2 matches')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: /Next match/ }))
    expect(screen.getByText('1 of 2 matches')).toBeVisible()
    await userEvent.type(box, '{Shift>}{Enter}{/Shift}')
    expect(screen.getByText('2 of 2 matches')).toBeVisible()
    await userEvent.clear(box)
    await userEvent.type(box, 'nowhere')
    expect(screen.getByText('No match')).toBeVisible()
    expect(screen.getByRole('button', { name: /Next match/ })).toBeDisabled()
    expect(await axe(container)).toHaveNoViolations()
  })

  it('is saved as a file', async () => {
    const saved = watchDownloads()
    openLog()
    server.use(
      http.get('*/api/v1/runs/:id/logs/download', ({ request }) =>
        HttpResponse.text(`log of ${new URL(request.url).searchParams.get('stepId')}`),
      ),
    )
    await userEvent.click(await screen.findByRole('button', { name: 'Download the log of fetch' }))
    await waitFor(() => expect(saved).toHaveLength(1))
    expect([saved[0]?.name, await saved[0]?.text]).toEqual(['fetch.log', `log of ${step.id}`])
  })
})
