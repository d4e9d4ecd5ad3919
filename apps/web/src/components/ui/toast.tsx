import { lazy, Suspense, useState } from 'react'
import { useNotices } from './notices.ts'

const ToastList = lazy(async () => ({ default: (await import('./toast-list.tsx')).ToastList }))

/** Where notices appear; fetched when there is a first one. */
export function Toasts() {
  const waits = useNotices((state) => state.waiting.length > 0)
  const [began, setBegan] = useState(false)
  if (waits && !began) setBegan(true)
  return <Suspense>{began && <ToastList />}</Suspense>
}
