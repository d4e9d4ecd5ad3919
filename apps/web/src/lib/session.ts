import type { Tokens, User } from '@orrery/shared-types'
import { create } from 'zustand'
import { paths } from '../config/config.ts'
import { type ApiError, toApiError, unreachable } from './api-error.ts'

type SessionState = {
  phase: 'unknown' | 'in' | 'out' | 'unreachable'
  user: User | null
  error: ApiError | null
  /** Signed out by choice: whoever comes next, perhaps somebody else, begins at the beginning. */
  left: boolean
}
export const useSession = create<SessionState>(() => ({ phase: 'unknown', user: null, error: null, left: false }))

// In memory alone: a script that reads storage finds nothing. The refresh token is a cookie that no script can read.
let token: { value: string; expiresAt: number } | null = null
let refreshing: Promise<boolean> | null = null

export const accessToken = () => token?.value ?? null

export function signIn(tokens: Tokens): void {
  token = { value: tokens.accessToken, expiresAt: Date.now() + tokens.expiresIn * 1000 }
  keepMark('in')
  useSession.setState({ phase: 'in', user: tokens.user, error: null, left: false })
}

export function signOut(): void {
  token = null
  keepMark('out')
  useSession.setState({ phase: 'out', user: null, error: null })
}

export function leave(): void {
  useSession.setState({ left: true })
  signOut()
}

// No secret, only whether somebody is signed in: it saves strangers a refused request, and tells other tabs.
const mark = 'orrery.signed'

function keepMark(value: 'in' | 'out'): void {
  try {
    if (localStorage.getItem(mark) !== value) localStorage.setItem(mark, value)
  } catch {
    // Without storage each load asks, and other tabs find out by themselves.
  }
}

function readMark(): string | null {
  try {
    return localStorage.getItem(mark)
  } catch {
    return 'in'
  }
}

/** On load: the cookie, if there may be one, becomes a session. */
export const resume = (): unknown => (readMark() === 'in' ? refresh() : signOut())

/** Signing in or out in one tab does so in all. The returned function stops that. */
export function followOtherTabs(): () => void {
  const heard = ({ key, newValue }: StorageEvent) => {
    const { phase } = useSession.getState()
    if (key !== mark) return
    if (newValue === 'in' && phase === 'out') void refresh()
    if (newValue === 'out' && phase === 'in') signOut()
  }
  window.addEventListener('storage', heard)
  return () => window.removeEventListener('storage', heard)
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
