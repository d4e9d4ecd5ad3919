import type { HealthDetailed } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Freshness } from '../../components/ui/freshness.tsx'
import { Card, Page } from '../../components/ui/page.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { paths } from '../../config/config.ts'
import { duration } from '../../lib/format.ts'
import { healthQueries } from './health.queries.ts'
import { PartStateBadge } from './part-state.tsx'

export function SystemPage() {
  const { data, error, isPending, refetch, dataUpdatedAt } = useQuery(healthQueries.detailed())
  return (
    <Page title="System" answer={data && sentence(data)}>
      {isPending && (
        <Card>
          <SkeletonRows rows={6} label="Loading the state of the system" />
        </Card>
      )}
      {error && !data && (
        <Card>
          <ErrorState what="The state of the system is unknown" error={error} onRetry={() => void refetch()} />
        </Card>
      )}
      {data && (
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <Parts health={data} updatedAt={dataUpdatedAt} />
          <div className="flex flex-col gap-4">
            <CodeSteps mode={data.codeSteps} />
            <About health={data} />
          </div>
        </div>
      )}
    </Page>
  )
}

function sentence(health: HealthDetailed): string {
  const bad = health.parts.filter((part) => part.state !== 'healthy')
  if (bad.length === 0) return health.status === 'healthy' ? 'Everything is healthy.' : `The installation is ${health.status}.`
  return `${health.status === 'unhealthy' ? 'Unhealthy' : 'Degraded'}: ${bad.map((part) => part.name).join(', ')}.`
}

function Parts({ health, updatedAt }: { health: HealthDetailed; updatedAt: number }) {
  return (
    <Card title="Parts" aside={<Freshness updatedAt={updatedAt} />}>
      <ul className="divide-y divide-line">
        {health.parts.map((part) => (
          <li key={part.name} className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-0.5 px-4 py-1.5 text-sm">
            <span className="w-40 font-medium">{part.name}</span>
            <span className="w-28">
              <PartStateBadge state={part.state} />
            </span>
            <span className="min-w-0 flex-1 text-ink-3">{part.detail}</span>
            <span className="tnum text-ink-2">{part.latencyMs === null ? '' : duration(part.latencyMs)}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

const modes: Record<HealthDetailed['codeSteps'], { word: string; text: ReactNode; ink: string }> = {
  off: { word: 'Off', ink: 'text-ink-2', text: 'Steps that run a command are refused.' },
  sandbox: {
    word: 'In a sandbox',
    ink: 'text-done',
    text: 'Commands run shut off from this machine: no network, and no files but their own work folder.',
  },
  trusted: {
    word: 'Trusted',
    ink: 'text-blocked',
    text: 'Commands run as the user who started Orrery, with the same files and the same network. Right where you alone can reach it; not where others can.',
  },
}

function CodeSteps({ mode }: { mode: HealthDetailed['codeSteps'] }) {
  const { word, text, ink } = modes[mode]
  return (
    <Card title="Shell steps">
      <div className="flex flex-col gap-1 p-4 text-sm">
        <p className={`font-semibold ${ink}`}>{word}</p>
        <p className="text-ink-2">{text}</p>
        <p className="text-ink-3">
          Set by <code className="font-mono text-xs">ORRERY_CODE_STEPS</code>
        </p>
      </div>
    </Card>
  )
}

function About({ health }: { health: HealthDetailed }) {
  return (
    <Card title="About">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 p-4 text-sm [&_dt]:text-ink-3">
        <dt>Version</dt>
        <dd className="tnum">{health.version}</dd>
        <dt>API</dt>
        <dd>
          <a href={paths.apiDocs} className="link">
            Reference
          </a>
        </dd>
      </dl>
    </Card>
  )
}
