import type { Artifact } from '@orrery/shared-types'
import { ask } from '@orrery/testing'
import { sha256, startWithArtifacts } from '../../../test/artifacts.ts'

const get = (s: Awaited<ReturnType<typeof startWithArtifacts>>, id: string, headers: Record<string, string> = {}) =>
  ask(s.app, s.owner, headers).get(`/api/v1/artifacts/${id}/content`)

describe('the artifacts of a run', () => {
  it('are listed in the order in which they came, of all steps or of one, page by page', async () => {
    await using s = await startWithArtifacts()
    const workflow = await s.publish({ steps: { each: { uses: 'noop', foreach: [1, 2] } } })
    const step = await s.lease(workflow)
    for (const name of ['a.txt', 'b.png', 'c']) await s.keep(step, name, name)
    const page = (await s.as.get(`/api/v1/runs/${step.runId}/artifacts?limit=2`)).json()
    expect(page.items.map((each: Artifact) => [each.name, each.contentType, each.sizeBytes, each.stepKey, each.attempt])).toEqual([
      ['a.txt', 'text/plain; charset=utf-8', 5, 'each', 1],
      ['b.png', 'image/png', 5, 'each', 1],
    ])
    expect(page.items[0]).toMatchObject({ runId: step.runId, stepId: step.stepId, itemIndex: step.itemIndex, sha256: sha256('a.txt') })
    const days = (Date.parse(page.items[0].expiresAt) - Date.parse(page.items[0].createdAt)) / 86_400_000
    expect(Math.round(days)).toBe(30)
    const rest = (await s.as.get(`/api/v1/runs/${step.runId}/artifacts?cursor=${page.nextCursor}`)).json()
    expect([rest.items.map((each: Artifact) => each.name), rest.nextCursor]).toEqual([['c'], null])
    const of = async (query: string) => (await s.as.get(`/api/v1/runs/${step.runId}/artifacts?${query}`)).json().items.length
    expect([await of(`stepId=${step.stepId}`), await of(`stepId=${step.stepId.slice(0, -1)}9`)]).toEqual([3, 0])
    expect([await of('step=each'), await of('step=other')]).toEqual([3, 0])
  })

  it('422 refuses a cursor that is none', async () => {
    await using s = await startWithArtifacts()
    const { runId } = await s.lease()
    expect((await s.as.get(`/api/v1/runs/${runId}/artifacts?cursor=zzz`)).statusCode).toBe(422)
  })

  it('404 hides all of it from people of other projects', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const { id } = await s.keep(step, 'a.txt', 'x')
    const stranger = ask(s.app, await s.it.make.user())
    const paths = [`/api/v1/runs/${step.runId}/artifacts`, `/api/v1/artifacts/${id}`, `/api/v1/artifacts/${id}/content`]
    expect(await Promise.all(paths.map(async (path) => (await stranger.get(path)).statusCode))).toEqual([404, 404, 404])
    expect((await stranger.delete(`/api/v1/artifacts/${id}`)).statusCode).toBe(404)
    expect((await s.as.get(`/api/v1/artifacts/${id}`)).json()).toMatchObject({ id, name: 'a.txt' })
  })

  it('401 without a credential', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const { id } = await s.keep(step, 'a.txt', 'x')
    const nobody = ask(s.app, null)
    const paths = [`/api/v1/runs/${step.runId}/artifacts`, `/api/v1/artifacts/${id}`, `/api/v1/artifacts/${id}/content`]
    expect(await Promise.all(paths.map(async (path) => (await nobody.get(path)).statusCode))).toEqual([401, 401, 401])
  })

  it('403 for who may only look, 204 for a manager, and then row, bytes and trace are as they should be', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const { id } = await s.keep(step, 'a.txt', 'x')
    const operator = await s.it.make.user()
    await s.it.make.member(s.projectId, operator.id, 'operator')
    expect((await ask(s.app, operator).delete(`/api/v1/artifacts/${id}`)).statusCode).toBe(403)
    expect((await s.as.delete(`/api/v1/artifacts/${id}`)).statusCode).toBe(204)
    expect([await s.rows(), await s.objects()]).toEqual([[], []])
    expect((await s.as.delete(`/api/v1/artifacts/${id}`)).statusCode).toBe(404)
    expect(await s.it.published('artifact.deleted')).toEqual([{ runId: step.runId, stepId: step.stepId, reason: 'deleted' }])
    expect(await s.it.audited('artifact.delete')).toEqual([
      { entity_id: id, actor_id: s.owner.id, before: { runId: step.runId, name: 'a.txt', sizeBytes: 1 }, after: null },
    ])
  })
})

describe('the bytes of an artifact', () => {
  it('come as a file to be saved, in which a browser runs nothing', async () => {
    await using s = await startWithArtifacts()
    const { id } = await s.keep(await s.lease(), 'out/Bericht für "uns".html', '<script>alert(1)</script>')
    const answer = await get(s, id)
    expect([answer.statusCode, answer.body]).toEqual([200, '<script>alert(1)</script>'])
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': '25',
      'content-disposition': `attachment; filename="Bericht f_r _uns_.html"; filename*=UTF-8''Bericht%20f%C3%BCr%20%22uns%22.html`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
      'accept-ranges': 'bytes',
      etag: `"${sha256('<script>alert(1)</script>')}"`,
    })
  })

  it('are shown by the browser itself where they are plain text or a picture', async () => {
    await using s = await startWithArtifacts()
    const step = await s.lease()
    const how = async (name: string) => (await get(s, (await s.keep(step, name, 'x')).id)).headers['content-disposition']
    expect(await how('a.txt')).toMatch(/^inline; /)
    expect(await how('a.png')).toMatch(/^inline; /)
    for (const name of ['a.svg', 'a.html', 'a.pdf', 'a.xml', 'a', 'a.constructor']) expect(await how(name)).toMatch(/^attachment; /)
  })

  it('are not compressed on the way, so that their length and ranges are true', async () => {
    await using s = await startWithArtifacts()
    const { id } = await s.keep(await s.lease(), 'a.txt', 'x'.repeat(5000))
    const { headers, body } = await get(s, id, { 'accept-encoding': 'gzip, br' })
    expect([headers['content-encoding'], headers['content-length'], body.length]).toEqual([undefined, '5000', 5000])
  })

  it('206 gives a range, 416 says what there is, and what is no range is passed over', async () => {
    await using s = await startWithArtifacts()
    const { id } = await s.keep(await s.lease(), 'a.txt', '0123456789')
    const range = async (header: string, more: Record<string, string> = {}) => {
      const { statusCode, body, headers } = await get(s, id, { range: header, ...more })
      return [statusCode, body, headers['content-range'], headers['content-length']]
    }
    expect(await range('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10', '3'])
    expect(await range('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10', '3'])
    expect(await range('bytes=-2')).toEqual([206, '89', 'bytes 8-9/10', '2'])
    expect(await range('bytes=5-500')).toEqual([206, '56789', 'bytes 5-9/10', '5'])
    for (const beyond of ['bytes=10-', 'bytes=-0']) {
      const [status, body, there] = await range(beyond)
      expect([status, JSON.parse(String(body)).code, there]).toEqual([416, 'range_not_satisfiable', 'bytes */10'])
    }
    for (const odd of ['bytes=0-1,4-5', 'lines=1-2', 'bytes=4-2', 'bytes=-'])
      expect((await range(odd)).slice(0, 2)).toEqual([200, '0123456789'])
    expect((await range('bytes=2-4', { 'if-range': '"other"' })).slice(0, 2)).toEqual([200, '0123456789'])
    expect((await range('bytes=2-4', { 'if-range': `"${sha256('0123456789')}"` })).slice(0, 2)).toEqual([206, '234'])
  })

  it('304 for who has them already', async () => {
    await using s = await startWithArtifacts()
    const { id } = await s.keep(await s.lease(), 'a.txt', 'x')
    const { etag } = (await get(s, id)).headers
    const again = await get(s, id, { 'if-none-match': `"other", ${etag}` })
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag])
    expect((await get(s, id, { 'if-none-match': '"other"' })).statusCode).toBe(200)
  })

  it('an artifact without a byte is one, and has no ranges', async () => {
    await using s = await startWithArtifacts()
    const { id } = await s.keep(await s.lease(), 'empty.txt', '')
    expect([(await get(s, id)).statusCode, (await get(s, id)).body]).toEqual([200, ''])
    expect((await get(s, id, { range: 'bytes=0-' })).statusCode).toBe(416)
  })

  it('404 where the bytes are gone from the store, 503 where the store is away', async () => {
    await using s = await startWithArtifacts({ S3_ENDPOINT: 'http://127.0.0.1:1', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' })
    await using other = await startWithArtifacts()
    const { id } = await other.keep(await other.lease(), 'a.txt', 'x')
    await other.forgetObjects()
    expect((await get(other, id)).json().code).toBe('artifact_not_found')
    const step = await s.lease()
    const row = await s.plant(step, 'a.txt')
    const answer = await get(s, row)
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'object_store_unavailable'])
  })
})
