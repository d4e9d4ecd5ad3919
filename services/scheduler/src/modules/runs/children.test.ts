import type { Run, RunTimeline, Step } from '@orrery/shared-types'
import { ask } from '@orrery/testing'
import { startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'

const call = (workflow: string, more: object = {}) => ({ uses: 'workflow', with: { workflow }, ...more })
const get = async <T>(s: TestScheduler, path: string): Promise<T> => (await ask(s.app, s.owner).get(`/api/v1/runs${path}`)).json() as T
const childrenOf = async (s: TestScheduler, run: Run) => (await get<{ items: Run[] }>(s, `?parentRunId=${run.id}&sort=createdAt`)).items
const links = (steps: Step[]) => steps.map((step) => [step.key, step.itemIndex, step.childRunId])

it('a run shows which runs its steps began, and they are found by it, after they have ended', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  await s.publish({ inputs: { n: {} }, steps: { a: { uses: 'noop' } } }, 'child')
  const run = await s.run({
    steps: { own: { uses: 'noop' }, one: call('child', { needs: 'own' }), each: { ...call('child'), foreach: [1, 2], needs: 'one' } },
  })
  const children = await childrenOf(s, run)
  expect(children.map((child) => [child.parentRunId, child.status])).toEqual(Array.from({ length: 3 }, () => [run.id, 'done']))
  const ids = children.map((child) => child.id)
  const eachIds = run.steps.filter((step) => step.itemIndex !== null).map((step) => step.childRunId)
  expect(links(run.steps)).toEqual([
    ['own', null, null],
    ['one', null, ids[0]],
    ['each', null, null],
    ['each', 0, eachIds[0]],
    ['each', 1, eachIds[1]],
  ])
  expect(eachIds.sort()).toEqual(ids.slice(1).sort())
  const timeline = await get<RunTimeline>(s, `/${run.id}/timeline`)
  const attempts = timeline.items.filter((item) => item.kind === 'attempt').map((item) => [item.key, item.childRunId !== null])
  expect(attempts.sort()).toEqual([
    ['each', true],
    ['each', true],
    ['one', true],
    ['own', false],
  ])
  expect((await get<{ items: Run[] }>(s, `?parentRunId=${ids[0]}`)).items).toEqual([])
})
