import { useQuery } from '@tanstack/react-query'
import { Page } from '../../components/ui/page.tsx'
import { runQueries } from '../../features/runs/run.queries.ts'
import { scheduleQueries } from '../../features/schedules/schedule.queries.ts'
import { healthQueries } from '../../features/system/health.queries.ts'
import { counted } from '../../lib/format.ts'
import { useListing } from '../../lib/pages.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { FirstSteps } from './first-steps.tsx'
import { HealthTile } from './health-tile.tsx'
import { NextFires } from './next-fires.tsx'
import { failedToday, overviewSentence } from './overview-words.ts'
import { RunTile } from './run-tile.tsx'
import { useFirstSteps } from './use-first-steps.ts'

const shown = 6
const activeLimit = 50
const dayLimit = 100

function useOverview() {
  const { current } = useProjectScope()
  const active = useQuery(runQueries.digest('in_progress,blocked,queued', current?.id, activeLimit))
  const failed = useQuery(runQueries.digest('failed', current?.id, dayLimit))
  const recent = useQuery(runQueries.digest('done', current?.id, shown))
  const schedules = useListing(scheduleQueries.list({ projectId: current?.id, status: 'active' }))
  const health = useQuery(healthQueries.short())
  const knownSchedules = schedules.isPending || schedules.error ? undefined : schedules.rows
  const lists = [active.data?.items, failed.data?.items, recent.data?.items, knownSchedules]
  const firstSteps = useFirstSteps(lists.every((list) => list?.length === 0))
  return { active, failed, recent, schedules, knownSchedules, health, firstSteps }
}

export function OverviewPage() {
  const { active, failed, recent, schedules, knownSchedules, health, firstSteps } = useOverview()
  const today = failed.data && failedToday(failed.data, dayLimit)
  const sentence = overviewSentence({ active: active.data, today, schedules: knownSchedules, health: health.data })
  if (firstSteps !== null) {
    return (
      <Page title="Overview" answer="Nothing runs yet. Three steps lead to the first scheduled workflow.">
        <FirstSteps done={firstSteps} />
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
            rows={active.data?.items.slice(0, shown)}
            to="/runs?status=in_progress,queued,blocked"
            empty="Nothing is running or waiting."
            count={active.data && counted(active.data)}
          />
          <RunTile
            title="What failed today"
            query={failed}
            rows={today?.runs.slice(0, shown)}
            to="/runs?status=failed"
            empty="Nothing has failed today."
            count={today && `${today.isPartial ? 'at least ' : ''}${today.runs.length}`}
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
