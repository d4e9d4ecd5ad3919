import { openInstallation } from '@orrery/testing'
import { Type } from '@sinclair/typebox'
import { joinOpenApi } from './openapi.ts'
import { createService } from './service.ts'

type Operation = { parameters?: { in: string; name: string; required?: boolean }[]; security?: unknown[] }

it('the description says which headers a route takes and where no credential is asked for', async () => {
  await using it = await openInstallation()
  const app = it.use(createService(it.deps('auth'), { title: 'A service', rateLimit: 1000 }))
  const made = { schema: { response: { 201: Type.Object({}) } } }
  app.after(() => {
    app.post('/things', made, async (_request, reply) => reply.code(201).send({}))
    app.post('/keys', { ...made, config: { secretAnswer: true } }, async (_request, reply) => reply.code(201).send({}))
    app.post('/looks', { ...made, config: { repeatable: true } }, async (_request, reply) => reply.code(201).send({}))
    app.post('/open', { ...made, config: { public: true } }, async (_request, reply) => reply.code(201).send({}))
    app.patch('/things/:id', { schema: { response: { 200: Type.Object({}), 412: Type.Object({}) } } }, async () => ({}))
  })
  await app.ready()
  const { paths, security } = joinOpenApi([app.swagger()]) as { paths: Record<string, Record<string, Operation>>; security: unknown[] }
  const headers = (path: string, method: string) =>
    (paths[path]?.[method]?.parameters ?? []).filter((each) => each.in === 'header').map((each) => [each.name, each.required ?? false])
  expect(headers('/things', 'post')).toEqual([['Idempotency-Key', false]])
  expect(headers('/keys', 'post')).toEqual([])
  expect(headers('/looks', 'post')).toEqual([])
  expect(headers('/open', 'post')).toEqual([])
  expect(headers('/things/{id}', 'patch')).toEqual([['If-Match', false]])
  expect([security, paths['/things']?.['post']?.security, paths['/open']?.['post']?.security]).toEqual([[{ bearer: [] }], undefined, []])
})
