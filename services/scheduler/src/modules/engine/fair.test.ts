import { newId } from '@orrery/core'
import type { AttemptResult, Id } from '@orrery/shared-types'
import { ask } from '@orrery/testing'
import { startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'

const projects = 10
const each = 150
const room = 37
const fan = (count: number) => ({ steps: { each: { uses: 'noop', foreach: Array.from({ length: count }, (_, i) => i) } } })

/** Fairness of shares: 1 when all are equal, 1/n when one has everything (Jain, Chiu, Hawe 1984). */
const jain = (shares: number[]) => shares.reduce((a, b) => a + b, 0) ** 2 / (shares.length * shares.reduce((a, b) => a + b * b, 0))

async function startIn(s: TestScheduler, count: number, runs: number): Promise<Id<'project'>> {
  const owner = await s.it.make.user()
  const projectId = await s.it.make.project(owner)
  const as = ask(s.app, owner)
  const made = (await as.post('/api/v1/workflows', { projectId, slug: 'w', name: 'w', definition: fan(count) })).json()
  await as.post(`/api/v1/workflows/${made.id}/publish`, {})
  for (let i = 0; i < runs; i++) await as.post('/api/v1/runs', { workflowId: made.id })
  return projectId
}

it('gives projects equal shares to within a hundredth, though one has a hundred times as much to do', async () => {
  await using s = await startScheduler()
  await startIn(s, 1000, (each * 100) / 1000)
  for (let i = 1; i < projects; i++) await startIn(s, each, 1)
  const worker = newId('worker')
  const given = new Map<string, number>()
  let results: AttemptResult[] = []
  // as long as every project has something left
  for (let turn = 0; turn * room < projects * (each - 10); turn++) {
    const { steps } = await s.engine.exchange({ worker, results, heartbeats: [], logs: [], room: { default: room }, waitMs: 500 })
    for (const step of steps) given.set(step.projectId, (given.get(step.projectId) ?? 0) + 1)
    results = steps.map(({ stepId, attempt }) => ({ stepId, attempt, output: null }))
  }
  expect(given.size).toBe(projects)
  const index = jain([...given.values()])
  console.log(`Jain index ${index.toFixed(4)} over ${[...given.values()].join(', ')}`)
  expect(index).toBeGreaterThanOrEqual(0.99)
})
