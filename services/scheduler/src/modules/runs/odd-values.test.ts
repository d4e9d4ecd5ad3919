import { newId } from '@orrery/core'
import { ask } from '@orrery/testing'
import { startScheduler } from '../../../test/start-scheduler.ts'

const deep = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`

it('gives strings back as strings, whatever they look like', async () => {
  await using s = await startScheduler()
  const odd = ['123', 'true', 'null', '1e5', '{"a":1}', '"x"', '']
  s.work((step) => ({ output: step.itemIndex === null ? '007' : odd[step.itemIndex] }))
  const definition = {
    steps: { one: { uses: 'noop' }, each: { needs: 'one', uses: 'noop', foreach: odd } },
    outputs: { one: '${{ steps.one.output }}', each: '${{ steps.each.output }}' },
  }
  const run = await s.run(definition)
  expect(run.steps[0]?.output).toBe('007')
  expect(run.steps[1]?.output).toEqual(odd)
  expect(run.output).toEqual({ one: '007', each: odd })
})

it('keeps a draft that reads as JSON as the text that it is', async () => {
  await using s = await startScheduler()
  const as = ask(s.app, s.owner)
  for (const definition of ['42', 'true', 'null', '[1]', '{"steps":{"a":{"uses":"noop"}}}']) {
    const made = await as.post('/api/v1/workflows', {
      projectId: s.projectId,
      slug: `w-${newId('workflow').slice(4)}`,
      name: 'w',
      definition,
    })
    expect(made.statusCode).toBe(201)
    const read = await as.get(`/api/v1/workflows/${made.json().id}`)
    expect([read.statusCode, read.json().definition]).toEqual([200, definition])
    expect((await as.get(`/api/v1/workflows/${made.json().id}/versions`)).statusCode).toBe(200)
  }
})

describe('422', () => {
  it('names what is nested too deep, in a body, in a definition as text, and in one that holds itself', async () => {
    await using s = await startScheduler()
    const as = ask(s.app, s.owner)
    const workflow = await s.publish({ inputs: { list: { type: 'array' } }, steps: { a: { uses: 'noop' } } })
    const run = await s.app.inject({
      method: 'POST',
      url: '/api/v1/runs',
      headers: { authorization: `Bearer ${s.owner.token}`, 'content-type': 'application/json' },
      payload: `{"workflowId":"${workflow.id}","input":{"list":${deep(5000)}}}`,
    })
    expect([run.statusCode, run.json().errors[0].message]).toEqual([422, 'is nested deeper than 100 levels'])
    const verdict = async (definition: unknown) => (await as.post('/api/v1/workflows/validate', { definition })).json()
    const began = performance.now()
    for (const text of ['['.repeat(249_000), `a: ${'{b: '.repeat(100_000)}`])
      expect((await verdict(text)).errors[0].message).toBe('This is nested deeper than 100 levels')
    expect(performance.now() - began).toBeLessThan(5000)
    const ring = 'steps: &s\n  a: { uses: noop, with: { output: *s } }'
    expect((await verdict(ring)).valid).toBe(false)
  })

  it('names text that no database keeps', async () => {
    await using s = await startScheduler()
    const answer = await ask(s.app, s.owner).post('/api/v1/workflows', {
      projectId: s.projectId,
      slug: 'w',
      name: 'x\ud800',
      definition: { steps: { a: { uses: 'noop' } } },
    })
    expect([answer.statusCode, answer.json().errors]).toEqual([
      422,
      [{ path: '/name', message: 'holds NUL or half of a surrogate pair, which is no text' }],
    ])
  })
})
