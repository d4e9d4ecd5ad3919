import { useQuery } from '@tanstack/react-query'
import { Page } from '../../components/ui/page.tsx'
import { runQueries } from '../../features/runs/run.queries.ts'
import { scheduleQueries } from '../../features/schedules/schedule.queries.ts'
import { healthQueries } from '../../features/system/health.queries.ts'
import { useListing } from '../../lib/pages.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { FirstSteps } from './first-steps.tsx'
import { HealthTile } from './health-tile.tsx'
import { NextFires } from './next-fires.tsx'
import { failedToday, overviewSentence } from './overview-words.ts'
import { RunTile } from './run-tile.tsx'

const shown = 6
const dayLimit = 100

export function OverviewPage() {
  const { current, projects, isPending } = useProjectScope()
  const active = useQuery(runQueries.digest('in_progress,blocked,queued', current?.id, shown))
  const failed = useQuery(runQueries.digest('failed', current?.id, dayLimit))
  const recent = useQuery(runQueries.digest('done', current?.id, shown))
  const schedules = useListing(scheduleQueries.list({ projectId: current?.id, status: 'active' }))
  const health = useQuery(healthQueries.short())
  const today = failed.data && failedToday(failed.data, dayLimit)
  const sentence = overviewSentence({
    active: active.data,
    today,
    schedules: schedules.isPending || schedules.error ? undefined : schedules.rows,
    health: health.data,
  })
  if (!isPending && projects.length === 0) {
    return (
      <Page title="Overview" answer="Nothing runs yet. Three steps lead to the first scheduled workflow.">
        <FirstSteps done={0} />
      </Page>
    )
  }
  return (
    <Page title="Overview" answer={sentence}>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid min-w-0 gap-4">
          <RunTile
            title="What is under way"
            query={active}
            rows={active.data?.items}
            to="/runs?status=in_progress,queued,blocked"
            empty="Nothing is running or waiting."
            total={active.data?.total}
          />
          <RunTile
            title="What failed today"
            query={failed}
            rows={today?.runs.slice(0, shown)}
            to="/runs?status=failed"
            empty="Nothing has failed today."
            total={today?.runs.length}
            atLeast={today?.isPartial ?? false}
          />
          <RunTile
            title="What finished last"
            query={recent}
            rows={recent.data?.items}
            to="/runs?status=done"
            empty="No run has finished yet."
          />
        </div>
        <div className="grid min-w-0 gap-4">
          <NextFires listing={schedules} />
          <HealthTile query={health} />
        </div>
      </div>
    </Page>
  )
}
