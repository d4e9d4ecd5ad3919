import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../lib/api-error.ts'

/** Live events keep the cache fresh; a refetch on focus would only ask for what is already known. */
export function createClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // A machine without a network still reaches an Orrery of its own: the answer says what can't be reached, not the browser.
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        staleTime: 10_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      },
    },
  })
}
