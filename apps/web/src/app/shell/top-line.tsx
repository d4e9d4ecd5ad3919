import { Search } from 'lucide-react'
import { Link, useLocation } from 'react-router'
import { Kbd, modKey } from '../../components/ui/kbd.tsx'
import { Logo } from '../../components/ui/logo.tsx'
import { LiveState } from './live-state.tsx'
import { places } from './nav.ts'

const parts: Record<string, string> = {
  new: 'New',
  runs: 'Run',
  workflows: 'Workflow',
  schedules: 'Schedule',
  projects: 'Project',
  agents: 'Agent',
  webhooks: 'Webhook',
  hooks: 'Incoming',
  calendar: 'Calendar',
  queues: 'Queue',
  'dead-letters': 'Dead letters',
}

export function TopLine({ onSearch }: { onSearch: () => void }) {
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-3 border-b border-line bg-canvas px-4 sm:px-6">
      <Link to="/" aria-label="Orrery, overview" className="md:hidden">
        <Logo />
      </Link>
      <Crumbs />
      <button
        type="button"
        onClick={onSearch}
        className="ml-auto flex h-8 items-center gap-2 rounded-md border border-line bg-surface px-2 text-sm text-ink-3 hover:border-line-strong hover:text-ink pointer-coarse:h-10 lg:w-72"
      >
        <Search size={14} aria-hidden />
        <span className="max-lg:sr-only">Search or jump to</span>
        <span className="ml-auto max-sm:hidden">
          <Kbd>{modKey}K</Kbd>
        </span>
      </button>
      <LiveState />
    </header>
  )
}

function Crumbs() {
  const [first, second] = useLocation().pathname.split('/').filter(Boolean)
  const place = places.find(({ to }) => to === `/${first ?? ''}`)
  if (!place) return null
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex items-center gap-1.5 truncate text-sm">
        <li>
          {second ? (
            <Link to={place.to} className="text-ink-2 hover:text-ink">
              {place.name}
            </Link>
          ) : (
            <span aria-current="page" className="font-medium">
              {place.name}
            </span>
          )}
        </li>
        {second && (
          <li className="flex gap-1.5">
            <span aria-hidden className="text-ink-3">
              /
            </span>
            <span aria-current="page" className="font-medium">
              {parts[second] ?? parts[first ?? '']}
            </span>
          </li>
        )}
      </ol>
    </nav>
  )
}
