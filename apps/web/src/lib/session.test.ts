import { HttpResponse, http } from 'msw'
import { user } from '../test/fixtures.ts'
import { server } from '../test/server.ts'
import { followOtherTabs, leave, resume, signIn, signOut, useSession } from './session.ts'

const tokens = { accessToken: 'token', expiresIn: 900, refreshToken: '', user }

it('asks nobody for a session where nobody has signed in', async () => {
  let asked = 0
  server.use(http.post('*/auth/refresh', () => HttpResponse.json({ refused: ++asked }, { status: 401 })))
  localStorage.clear()
  await resume()
  expect([useSession.getState().phase, asked]).toEqual(['out', 0])
})

it('becomes a session again after a reload', async () => {
  server.use(http.post('*/auth/refresh', () => HttpResponse.json(tokens)))
  signIn(tokens)
  useSession.setState({ phase: 'unknown', user: null })
  await resume()
  expect(useSession.getState().phase).toBe('in')
})

it('signs out here when another tab does', () => {
  const stop = followOtherTabs()
  signIn(tokens)
  window.dispatchEvent(new StorageEvent('storage', { key: 'orrery.signed', newValue: 'out' }))
  expect(useSession.getState()).toMatchObject({ phase: 'out', user: null })
  stop()
  signOut()
})

it('keeps no way back for whoever comes after somebody who left', () => {
  signIn(tokens)
  leave()
  expect(useSession.getState()).toMatchObject({ phase: 'out', left: true })
  signIn(tokens)
  expect(useSession.getState().left).toBe(false)
  signOut()
})
