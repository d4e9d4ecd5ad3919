import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { ApiError, unreachable } from '../lib/api-error.ts'
import { useSession } from '../lib/session.ts'
import { ownPath, SignedIn } from './gates.tsx'

it.each([
  ['/runs?status=failed', '/runs?status=failed'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  [null, '/'],
])('after the log-in %s leads to %s', (next, path) => expect(ownPath(next)).toBe(path))

it.each([
  [unreachable(), 'Orrery can’t be reached'],
  [new ApiError(429, { detail: 'Too many requests; try again in 2 seconds' }), 'Orrery could not be opened'],
])('what failed on load is called what it is: %s', (error, title) => {
  useSession.setState({ phase: 'unreachable', error })
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>
        <SignedIn />
      </MemoryRouter>
    </QueryClientProvider>,
  )
  expect(screen.getByRole('heading', { name: title })).toBeVisible()
  expect(screen.getByText(error.message)).toBeVisible()
})
