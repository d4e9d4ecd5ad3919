import type { Schedule } from '@orrery/shared-types'
import { CalendarDays, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Outlet, useParams } from 'react-router'
import { ButtonLink } from '../../components/ui/button.tsx'
import { Page } from '../../components/ui/page.tsx'
import { EmptyState } from '../../components/ui/states.tsx'
import { type Column, Table } from '../../components/ui/table.tsx'
import { Ago, Until } from '../../components/ui/time.tsx'
import { duration, plural } from '../../lib/format.ts'
import { useListing } from '../../lib/pages.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { scheduleQueries } from './schedule.queries.ts'
import { ScheduleState, whenText } from './schedule-words.tsx'

const columns: Column<Schedule>[] = [
  {
    key: 'workflow',
    header: 'Workflow',
    grow: true,
    cell: (schedule) => (
      <>
        <span className="font-medium" title={schedule.workflowName}>
          {schedule.workflowName}
        </span>
        {schedule.pausedReason !== null && (
          <>
            {' · '}
            <span className="text-xs text-ink-2" title={schedule.pausedReason}>
              {schedule.pausedReason}
            </span>
          </>
        )}
      </>
    ),
  },
  { key: 'when', header: 'When', hideBelow: 'sm', cell: (schedule) => <code className="font-mono text-xs">{whenText(schedule)}</code> },
  { key: 'zone', header: 'Zone', hideBelow: 'xl', cell: (schedule) => <span className="text-ink-2">{schedule.timezone}</span> },
  { key: 'status', header: 'Status', cell: (schedule) => <ScheduleState schedule={schedule} /> },
  {
    key: 'next',
    header: 'Next fire',
    right: true,
    cell: (schedule) => (schedule.nextFireAt && schedule.status === 'active' ? <Until at={schedule.nextFireAt} /> : '–'),
  },
  { key: 'last', header: 'Last fire', hideBelow: 'md', right: true, cell: (schedule) => <Ago at={schedule.lastFireAt} fallback="never" /> },
  {
    key: 'late',
    header: 'Late by',
    hideBelow: 'lg',
    right: true,
    cell: (schedule) => (schedule.lastLateMs === null ? '–' : duration(schedule.lastLateMs)),
  },
]

export function SchedulesPage() {
  const { current } = useProjectScope()
  const { scheduleId } = useParams()
  const listing = useListing(scheduleQueries.list({ projectId: current?.id }))
  const create = (
    <>
      <ButtonLink to="/schedules/calendar">
        <CalendarDays size={15} aria-hidden />
        Calendar
      </ButtonLink>
      <ButtonLink to="/schedules/new" look="primary">
        <Plus size={15} aria-hidden />
        New schedule
      </ButtonLink>
    </>
  )
  return (
    <Page title="Schedules" answer={listing.isPending || listing.error ? null : answer(listing.rows)} actions={create}>
      <Table
        label="Schedules"
        columns={columns}
        listing={listing}
        rowKey={(row) => row.id}
        rowTo={(row) => `/schedules/${row.id}`}
        selected={scheduleId}
        empty={<NoSchedules />}
      />
      <Outlet />
    </Page>
  )
}

const lateFrom = 1000

/** Whether fires come on time, from how late the last one of each was. */
function answer(rows: Schedule[]): ReactNode {
  const active = rows.filter((row) => row.status === 'active')
  if (rows.length === 0) return 'None yet.'
  const byThemselves = rows.filter((row) => row.pausedReason !== null)
  if (byThemselves.length > 0) return `${plural(byThemselves.length, 'schedule')} can’t go on and paused; the reason stands in the list.`
  if (active.length === 0) return `Nothing will fire: all ${plural(rows.length, 'schedule')} are paused or ended.`
  const late = active.filter((row) => (row.lastLateMs ?? 0) >= lateFrom)
  if (late.length > 0) return `${plural(late.length, 'schedule')} fired late the last time.`
  const latest = active
    .filter((row) => row.lastFireAt !== null)
    .toSorted((a, b) => (b.lastFireAt ?? '').localeCompare(a.lastFireAt ?? ''))[0]
  if (!latest || latest.lastLateMs === null) return `${plural(active.length, 'schedule')} active; none has fired yet.`
  return `All on time; the last fire was ${duration(latest.lastLateMs)} late.`
}

function NoSchedules() {
  return (
    <EmptyState
      title="No schedules yet"
      action={
        <ButtonLink to="/schedules/new" look="primary">
          Create a schedule
        </ButtonLink>
      }
    >
      A schedule starts runs of a published workflow by a cron pattern in any time zone, at a fixed pace, or once. You see the next ten
      fires before you create it.
    </EmptyState>
  )
}
