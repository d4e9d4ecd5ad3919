import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Navigate, Outlet, useLocation, useSearchParams } from 'react-router'
import { Logo } from '../components/ui/logo.tsx'
import { ErrorState } from '../components/ui/states.tsx'
import { followOtherTabs, refresh, resume, useSession } from '../lib/session.ts'
import { setTheme } from '../lib/theme.ts'

/** Nothing is asked for before it is known whether somebody is signed in. */
function useResumedSession() {
  const client = useQueryClient()
  const phase = useSession((session) => session.phase)
  const theme = useSession((session) => session.user?.theme ?? null)
  useEffect(() => {
    if (useSession.getState().phase === 'unknown') void resume()
  }, [])
  useEffect(followOtherTabs, [])
  // Whoever signs in next must not find what was fetched for somebody else.
  useEffect(() => {
    if (phase === 'out') client.clear()
  }, [phase, client])
  useEffect(() => {
    if (theme) setTheme(theme)
  }, [theme])
  return phase
}

export function SignedIn() {
  const phase = useResumedSession()
  const left = useSession((session) => session.left)
  const { pathname, search } = useLocation()
  if (phase === 'unknown') return <Waiting />
  if (phase === 'unreachable') return <Unreachable />
  if (phase === 'in') return <Outlet />
  const back = left || pathname === '/' ? '' : `?next=${encodeURIComponent(pathname + search)}`
  return <Navigate to={`/login${back}`} replace />
}

export function SignedOut() {
  const phase = useResumedSession()
  const [search] = useSearchParams()
  if (phase === 'unknown') return <Waiting />
  if (phase === 'unreachable') return <Unreachable />
  return phase === 'in' ? <Navigate to={ownPath(search.get('next'))} replace /> : <Outlet />
}

/** Only a path of this app: a link that was made elsewhere can't send anyone away. */
export const ownPath = (next: string | null) => (next && /^\/(?![/\\])/.test(next) ? next : '/')

function Waiting() {
  return (
    <div role="status" aria-label="Opening Orrery" className="flex min-h-dvh items-center justify-center">
      <Logo size={36} />
    </div>
  )
}

function Unreachable() {
  const error = useSession((session) => session.error)
  const what = error && error.status > 0 ? 'Orrery could not be opened' : 'Orrery can’t be reached'
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg items-center">
      <ErrorState isPage what={what} error={error} onRetry={() => void refresh()} />
    </main>
  )
}
