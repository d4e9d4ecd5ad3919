import type { Login, Register, Tokens, UpdateMe, User } from '@orrery/shared-types'
import { api } from '../../lib/api.ts'
import { leave, setUser, signIn } from '../../lib/session.ts'

export async function logIn(input: Login): Promise<void> {
  signIn(await api.post<Tokens>('/auth/login', input))
}

export async function register(input: Register): Promise<void> {
  await api.post<{ user: User }>('/auth/register', input)
  await logIn({ email: input.email, password: input.password })
}

/** Signed out here even when the server can't be told; its session then ends by age. */
export async function logOut(): Promise<void> {
  await api.post('/auth/logout').catch(() => null)
  leave()
}

export async function updateMe(change: UpdateMe): Promise<void> {
  setUser(await api.patch<User>('/auth/me', change))
}
