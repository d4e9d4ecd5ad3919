import { useRouteError } from 'react-router'
import { ButtonLink } from '../components/ui/button.tsx'
import { Page } from '../components/ui/page.tsx'
import { EmptyState, ErrorState } from '../components/ui/states.tsx'

export function RouteError() {
  const error = useRouteError()
  return (
    <main className="mx-auto flex min-h-[60vh] max-w-lg items-center">
      <ErrorState isPage what="This page broke" error={error} onRetry={() => location.reload()} />
    </main>
  )
}

export function NotFound() {
  return (
    <Page title="Nothing here">
      <EmptyState title="There is no page at this address" action={<ButtonLink to="/">Go to the overview</ButtonLink>}>
        It may have been moved, or the link was cut.
      </EmptyState>
    </Page>
  )
}
