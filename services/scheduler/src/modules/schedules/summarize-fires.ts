import { type Ctx, choices, invalid, requireRole } from '@orrery/core'
import { type Fire, type FireRangeQuery, type FireSummary, type FireSummaryQuery, fireOutcomes, type Page } from '@orrery/shared-types'
import * as fires from './fire-range.repository.ts'

const maxRangeMs = 8 * 86_400_000
const maxHours = 25_000

/** What became of the ticks of all schedules of a project within a range, the latest first. */
export async function listFiresOfProject(ctx: Ctx, query: FireRangeQuery): Promise<Page<Fire>> {
  await requireRole(ctx, query.projectId, 'viewer')
  requireRange(query)
  return fires.list(ctx, query.outcome === undefined ? [] : choices(query.outcome, fireOutcomes, '/outcome'), query)
}

/** How many ticks of a project went how, by hour. */
export async function summarizeFires(ctx: Ctx, query: FireSummaryQuery): Promise<FireSummary> {
  await requireRole(ctx, query.projectId, 'viewer')
  requireRange(query)
  const hours = await fires.countByHour(ctx, query, maxHours + 1)
  return {
    from: query.from,
    to: query.to,
    hours: hours.slice(0, maxHours),
    truncated: hours.length > maxHours,
    missed: await fires.findMissed(ctx, query),
  }
}

function requireRange({ from, to }: { from: string; to: string }): void {
  const length = Date.parse(to) - Date.parse(from)
  if (length < 0) throw invalid('/to', 'must not be before from')
  if (length > maxRangeMs) throw invalid('/to', 'must be at most eight days after from')
}
