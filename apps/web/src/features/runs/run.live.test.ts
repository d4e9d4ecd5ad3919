import type { LiveEvent, Page, Run, RunSummary } from '@orrery/shared-types'
import type { InfiniteData } from '@tanstack/react-query'
import { QueryClient } from '@tanstack/react-query'
import { coalescingCache, dispatch } from '../../lib/live-events.ts'
import { makeStep, run, runSummary } from '../../test/fixtures.ts'
import { runLive } from './run.live.ts'
import { runKeys, runQueries } from './run.queries.ts'

const event = (type: string, entityId: string, payload: Record<string, unknown>) =>
  ({ eventId: '1', type, entityId, occurredAt: '2026-11-20T12:00:09.000Z', payload }) as unknown as LiveEvent

function setUp() {
  const client = new QueryClient()
  const cache = coalescingCache(client)
  return { client, tell: (said: LiveEvent) => dispatch(said, [runLive], cache) }
}

it('changes a run in place in the list and on its page', () => {
  const { client, tell } = setUp()
  const listKey = runQueries.list({}).queryKey
  const running = { ...runSummary, status: 'in_progress' as const, endedAt: null }
  client.setQueryData(listKey, { pages: [{ items: [running], nextCursor: null }], pageParams: [null] })
  client.setQueryData(runKeys.detail(run.id), { ...run, ...running })
  tell(event('run.status_changed', run.id, { from: 'in_progress', to: 'failed', outcome: 'failed', blockedReason: null }))
  const list = client.getQueryData<InfiniteData<Page<RunSummary>>>(listKey)
  expect(list?.pages[0]?.items[0]).toMatchObject({ status: 'failed', endedAt: '2026-11-20T12:00:09.000Z' })
  expect(client.getQueryData<Run>(runKeys.detail(run.id))).toMatchObject({ status: 'failed', outcome: 'failed' })
})

it('moves a step along and keeps the others as they are', () => {
  const { client, tell } = setUp()
  const other = makeStep({ id: 'stp_other' })
  const queued = makeStep({ status: 'queued', attempt: 0, startedAt: null, endedAt: null })
  client.setQueryData(runKeys.detail(run.id), { ...run, steps: [queued, other] })
  tell(event('step.status_changed', queued.id, { runId: run.id, key: 'fetch', itemIndex: null, to: 'in_progress', attempt: 1 }))
  const steps = client.getQueryData<Run>(runKeys.detail(run.id))?.steps
  expect(steps?.[0]).toMatchObject({ status: 'in_progress', attempt: 1, startedAt: '2026-11-20T12:00:09.000Z', endedAt: null })
  expect(steps?.[1]).toBe(other)
})

it('ignores an event that it does not know', () => {
  const { tell } = setUp()
  expect(() => tell(event('moon.eclipsed', 'x', {}))).not.toThrow()
})
