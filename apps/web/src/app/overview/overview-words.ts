import type { Health, Page, RunSummary, Schedule } from '@orrery/shared-types'
import { activeWords } from '../../features/runs/run-words.ts'
import { isSameDay, plural } from '../../lib/format.ts'

export type Today = { runs: RunSummary[] /** True when there may be more than were asked for. */; isPartial: boolean }

/** Of the newest failures those of this day, by the viewer's clock. */
export function failedToday(page: Page<RunSummary>, limit: number, now = Date.now()): Today {
  const runs = page.items.filter((run) => isSameDay(run.endedAt ?? run.createdAt, now))
  return { runs, isPartial: runs.length === limit && page.nextCursor !== null }
}

type Known = {
  active: Page<RunSummary> | undefined
  today: Today | undefined
  schedules: Schedule[] | undefined
  health: Health | undefined
}

/** The state of things in one or two sentences; what isn't known yet is left out, not guessed. */
export function overviewSentence({ active, today, schedules, health }: Known): string {
  const parts = [active && activeWords(active), failedWords(today), scheduleWords(schedules)].filter(Boolean)
  const first = parts.join(', ')
  const alarm = health && health.status !== 'healthy' ? ` The installation is ${health.status}.` : ''
  return first ? `${first.charAt(0).toUpperCase()}${first.slice(1)}.${alarm}` : alarm.trim()
}

function failedWords(today: Today | undefined): string {
  if (!today) return ''
  if (today.runs.length === 0) return 'nothing failed today'
  return `${today.isPartial ? 'at least ' : ''}${today.runs.length} failed today`
}

function scheduleWords(schedules: Schedule[] | undefined): string {
  if (!schedules || schedules.length === 0) return ''
  const late = schedules.filter((schedule) => (schedule.lastLateMs ?? 0) >= 1000).length
  return late === 0 ? 'all schedules on time' : `${plural(late, 'schedule')} late the last time`
}
