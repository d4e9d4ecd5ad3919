import { ask, eventually } from '@orrery/testing'
import { failure, startScheduler } from '../../../test/start-scheduler.ts'

it('a retry begins anew what was cut off, though its workflow would have gone on without it', async () => {
  await using s = await startScheduler()
  s.work(() => ({ output: 1 }))
  const slow = { uses: 'wait', with: { signal: 'go' }, 'continue-on-error': true }
  const run = await s.start(await s.publish({ steps: { slow, after: { uses: 'noop', needs: 'slow' } } }))
  await eventually('the wait', async () => (await s.read(run.id)).status === 'blocked')
  await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/cancel`)
  const again = (await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/retry`)).json()
  await ask(s.app, s.owner).post(`/api/v1/runs/${again.id}/signals/go`)
  const ended = await s.ended(again.id)
  expect([ended.outcome, ended.steps.map((step) => step.status)]).toEqual(['success', ['done', 'done']])
})

it.each([
  ['retry', {}],
  ['replay', {}],
  ['fork', { fromStep: 'a' }],
])('409 refuses to %s a run whose workflow is archived, as its start is refused, and begins nothing', async (verb, body) => {
  await using s = await startScheduler()
  s.work(() => failure('broken'))
  const workflow = await s.publish({ steps: { a: { uses: 'noop' } } })
  const run = await s.ended((await s.start(workflow)).id)
  const archived = await ask(s.app, s.owner).delete(`/api/v1/workflows/${workflow.id}`)
  expect(archived.statusCode).toBe(204)
  const answers = [
    await ask(s.app, s.owner).post('/api/v1/runs', { workflowId: workflow.id }),
    await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/${verb}`, body),
  ]
  for (const answer of answers) expect([answer.statusCode, answer.json().code]).toEqual([409, 'workflow_archived'])
  expect((await ask(s.app, s.owner).get('/api/v1/runs')).json().items).toHaveLength(1)
})
