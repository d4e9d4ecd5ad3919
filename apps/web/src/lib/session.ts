import type { Tokens, User } from '@orrery/shared-types'
import { create } from 'zustand'
import { paths } from '../config/config.ts'
import { type ApiError, toApiError, unreachable } from './api-error.ts'

type SessionState = { phase: 'unknown' | 'in' | 'out' | 'unreachable'; user: User | null; error: ApiError | null }
export const useSession = create<SessionState>(() => ({ phase: 'unknown', user: null, error: null }))

// In memory alone: a script that reads storage finds nothing. The refresh token is a cookie that no script can read.
let token: { value: string; expiresAt: number } | null = null
let refreshing: Promise<boolean> | null = null

export const accessToken = () => token?.value ?? null

export function signIn(tokens: Tokens): void {
  token = { value: tokens.accessToken, expiresAt: Date.now() + tokens.expiresIn * 1000 }
  useSession.setState({ phase: 'in', user: tokens.user, error: null })
}

export function signOut(): void {
  token = null
  useSession.setState({ phase: 'out', user: null, error: null })
}

export const setUser = (user: User) => useSession.setState({ user })

/** Trades the cookie for a new access token. Callers that come together share one attempt; tabs take turns. */
export function refresh(): Promise<boolean> {
  refreshing ??= inTurn(tradeCookie).finally(() => {
    refreshing = null
  })
  return refreshing
}

/** A token with at least half a minute left, or null when signed out. */
export async function freshToken(): Promise<string | null> {
  if (token && token.expiresAt - Date.now() > 30_000) return token.value
  await refresh()
  return accessToken()
}

const inTurn = <T>(work: () => Promise<T>): Promise<T> => ('locks' in navigator ? navigator.locks.request('orrery.refresh', work) : work())

async function tradeCookie(): Promise<boolean> {
  const response = await fetch(`${paths.api}/auth/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    credentials: 'same-origin',
    body: '{}',
  }).catch(() => null)
  if (response?.ok) {
    signIn((await response.json()) as Tokens)
    return true
  }
  if (response && [400, 401, 403, 422].includes(response.status)) signOut()
  else if (useSession.getState().phase !== 'in') {
    useSession.setState({ phase: 'unreachable', error: response ? await toApiError(response) : unreachable() })
  }
  return false
}
