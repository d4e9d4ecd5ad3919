import { HttpResponse, http } from 'msw'
import { user } from '../test/fixtures.ts'
import { server } from '../test/server.ts'
import { api, toSearch } from './api.ts'
import { ApiError } from './api-error.ts'
import { refresh, signIn, signOut, useSession } from './session.ts'

const tokens = (accessToken: string) => ({ accessToken, expiresIn: 900, refreshToken: '', user })
const refusal = (status: number, extra = {}) =>
  HttpResponse.json({ title: 'Refused', status, code: 'refused', detail: 'Not so', requestId: 'req-7', ...extra }, { status })

/** Accepts one token alone, and counts how often another is traded. */
function serverThatWants(good: string, trade: () => Response = () => HttpResponse.json(tokens(good))) {
  const counts = { trades: 0, refused: 0 }
  server.use(
    http.get('*/api/v1/runs', ({ request }) => {
      if (request.headers.get('authorization') === `Bearer ${good}`) return HttpResponse.json({ items: [] })
      counts.refused += 1
      return refusal(401)
    }),
    http.post('*/api/v1/auth/refresh', async () => {
      counts.trades += 1
      await new Promise((resolve) => setTimeout(resolve, 10))
      return trade()
    }),
  )
  return counts
}

it('renews a refused token once for all who came together, and asks again', async () => {
  signIn(tokens('old'))
  const counts = serverThatWants('new')
  const answers = await Promise.all([api.get('/runs'), api.get('/runs'), api.get('/runs')])
  expect(answers).toEqual([{ items: [] }, { items: [] }, { items: [] }])
  expect(counts).toEqual({ trades: 1, refused: 3 })
})

it('signs out when the cookie is refused too', async () => {
  signIn(tokens('old'))
  serverThatWants('new', () => refusal(401))
  await expect(api.get('/runs')).rejects.toMatchObject({ status: 401 })
  expect(useSession.getState()).toMatchObject({ phase: 'out', user: null })
})

it('does not loop when the new token is refused as well', async () => {
  signIn(tokens('old'))
  const counts = serverThatWants('never', () => HttpResponse.json(tokens('also wrong')))
  await expect(api.get('/runs')).rejects.toMatchObject({ status: 401 })
  expect(counts).toEqual({ trades: 1, refused: 2 })
})

it('stays signed in when the server is away at the moment of renewal', async () => {
  signIn(tokens('old'))
  serverThatWants('new', () => refusal(503))
  await expect(api.get('/runs')).rejects.toBeInstanceOf(ApiError)
  expect(useSession.getState().phase).toBe('in')
})

it('says unreachable, not signed out, when nobody answers on load', async () => {
  signOut()
  useSession.setState({ phase: 'unknown' })
  server.use(http.post('*/api/v1/auth/refresh', () => HttpResponse.error()))
  expect(await refresh()).toBe(false)
  expect(useSession.getState().phase).toBe('unreachable')
})

it('carries the fields and the request id of a refusal', async () => {
  const errors = [{ path: '/name', message: 'must not be empty' }]
  server.use(http.post('*/api/v1/projects', () => refusal(422, { errors })))
  await expect(api.post('/projects', {})).rejects.toMatchObject({ status: 422, requestId: 'req-7', fields: errors, message: 'Not so' })
})

it('makes a sentence of an answer that is no problem document', async () => {
  server.use(http.get('*/api/v1/runs', () => new HttpResponse('<html>', { status: 502, headers: { 'x-request-id': 'req-9' } })))
  await expect(api.get('/runs')).rejects.toMatchObject({
    status: 502,
    requestId: 'req-9',
    message: 'The server answered 502 without an explanation',
  })
})

it('leaves out of the address what is not given', () => {
  expect(toSearch({ status: 'failed,done', cursor: null, q: '', limit: 50, projectId: undefined })).toBe('?status=failed%2Cdone&limit=50')
})
