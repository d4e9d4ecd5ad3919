import { screen } from '@testing-library/react'
import { openAt, requestId, withContent, withFailure, withNothing } from '../test/app.tsx'
import { agent, deadLetter, hook, project, run, schedule, webhook, workflow } from '../test/fixtures.ts'
import { axe } from '../test/setup.ts'

const lists = [
  ['/projects', 'No projects yet', 'Projects could not be loaded'],
  ['/workflows', 'No workflows yet', 'Workflows could not be loaded'],
  ['/runs', 'No runs yet', 'Runs could not be loaded'],
  ['/schedules', 'No schedules yet', 'Schedules could not be loaded'],
  ['/webhooks', 'No webhooks yet', 'Webhooks could not be loaded'],
  ['/webhooks/hooks', 'No hooks yet', 'Hooks could not be loaded'],
  ['/agents', 'No agents yet', 'Agents could not be loaded'],
  ['/queues/dead-letters', 'No dead letters', 'Dead letters could not be loaded'],
] as const

it.each(lists)('%s teaches when it is empty', async (path, title) => {
  withNothing()
  openAt(path)
  expect(await screen.findByRole('heading', { name: title })).toBeVisible()
})

it.each(lists)('%s says what failed, with the id of the request', async (path, _, failure) => {
  withFailure()
  openAt(path)
  expect(await screen.findByText(failure)).toBeVisible()
  expect(screen.getByText(requestId)).toBeVisible()
  expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible()
})

const details = [
  [`/projects/${project.id}`, 'The project could not be loaded'],
  [`/workflows/${workflow.id}`, 'The workflow could not be loaded'],
  [`/workflows/${workflow.id}/versions`, 'The versions could not be loaded'],
  [`/runs/${run.id}`, 'The run could not be loaded'],
  [`/schedules/${schedule.id}`, 'The schedule could not be loaded'],
  [`/schedules/${schedule.id}/edit`, 'The schedule could not be loaded'],
  [`/webhooks/${webhook.id}`, 'The webhook could not be loaded'],
  [`/webhooks/hooks/${hook.id}`, 'The hook could not be loaded'],
  [`/agents/${agent.id}`, 'The agent could not be loaded'],
  [`/queues?projectId=${project.id}`, 'Queues could not be loaded'],
  [`/queues/code?projectId=${project.id}`, 'The queue could not be loaded'],
  [`/queues/dead-letters/${deadLetter.id}`, 'The dead letter could not be loaded'],
  [`/schedules/calendar?projectId=${project.id}`, 'The calendar could not be loaded'],
  ['/system', 'The state of the system is unknown'],
] as const

it.each(details)('%s says what failed', async (path, failure) => {
  withFailure()
  openAt(path)
  expect(await screen.findByText(failure, {}, { timeout: 8000 })).toBeVisible()
})

it('leads who has nothing through the first steps', async () => {
  withNothing()
  openAt('/')
  expect(await screen.findByRole('link', { name: 'Create a project' })).toHaveAttribute('href', '/projects/new')
})

const pages = [
  ['/', 'What fires next'],
  ['/projects', 'Shop'],
  [`/projects/${project.id}`, 'Nightly triage'],
  [`/projects/${project.id}?tab=tasks`, 'No tasks yet'],
  [`/projects/${project.id}?tab=members`, 'Add member'],
  ['/projects/new', 'Create project'],
  ['/workflows', 'Nightly triage'],
  ['/workflows/new', 'No problems'],
  [`/workflows/${workflow.id}`, 'No problems'],
  [`/workflows/${workflow.id}/versions`, 'new runs take the latest, 1'],
  ['/runs', 'Started by hand'],
  [`/runs/${run.id}?step=${run.steps[0]?.id}`, 'Executor'],
  [`/runs/${run.id}?view=graph`, 'Input of the run'],
  ['/schedules', '0 9 * * *'],
  ['/schedules/new', 'Create schedule'],
  [`/schedules/${schedule.id}`, 'Trigger now'],
  [`/schedules/${schedule.id}/edit`, 'Save changes'],
  ['/schedules/calendar', 'All 3 fires today were on time'],
  ['/schedules/calendar?view=week', 'All 3 fires this week were on time'],
  ['/webhooks', 'Everything was delivered.'],
  ['/webhooks/new', 'Create webhook'],
  [`/webhooks/${webhook.id}`, 'Send a test'],
  ['/webhooks/hooks', '1 hook can start runs.'],
  ['/webhooks/hooks/new', 'Create hook'],
  [`/webhooks/hooks/${hook.id}`, 'Where to call'],
  ['/agents', 'triage-bot'],
  ['/agents/new', 'Capabilities'],
  [`/agents/${agent.id}`, 'It has reported nothing yet.'],
  ['/queues', 'Nothing waits.'],
  ['/queues/default', 'Most steps at a time'],
  ['/queues/all', 'All queues of the project'],
  ['/queues/dead-letters', 'given up, open until'],
  [`/queues/dead-letters/${deadLetter.id}`, 'epoch 1'],
  ['/system', 'Trusted'],
  ['/nowhere', 'There is no page at this address'],
] as const

it.each(pages)('%s can be read by a screen reader', async (path, awaited) => {
  withContent()
  const { container } = openAt(path)
  expect((await screen.findAllByText(awaited, { exact: false }, { timeout: 8000 })).length).toBeGreaterThan(0)
  expect(await axe(container)).toHaveNoViolations()
})

it('asks who is not signed in to log in, and remembers where they wanted to go', async () => {
  withContent()
  const { router, container } = openAt(`/runs/${run.id}`, { signedIn: false })
  expect(await screen.findByRole('heading', { name: 'Log in' })).toBeVisible()
  expect(router.state.location.search).toBe(`?next=${encodeURIComponent(`/runs/${run.id}`)}`)
  expect(await axe(container)).toHaveNoViolations()
})

it('marks the shell steps that run unfenced as trusted, in words', async () => {
  withContent()
  openAt('/system')
  expect(await screen.findByText(/with the same files and the same network/)).toBeVisible()
})
