import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode, useState } from 'react'
import { RouterProvider } from 'react-router'
import { Toasts } from '../components/ui/toast.tsx'
import { createClient } from './query-client.ts'
import { createRouter } from './router.tsx'

export function App() {
  const [client] = useState(createClient)
  const [router] = useState(() => createRouter())
  return (
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
          <Toasts />
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>
  )
}
