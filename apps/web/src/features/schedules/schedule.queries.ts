import type {
  Backfill,
  BackfillProgress,
  BackfillSchedule,
  CreateSchedule,
  Fire,
  FireSummary,
  Forecast,
  Id,
  Page,
  PreviewSchedule,
  Run,
  Schedule,
  SchedulePreview,
  StoppedBackfill,
  UpdateSchedule,
} from '@orrery/shared-types'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, newIdempotencyKey } from '../../lib/api.ts'
import type { LiveCache, LiveHandlers } from '../../lib/live-events.ts'
import { pagesOf } from '../../lib/pages.ts'

const keys = { all: ['schedules'] as const, detail: (id: string) => ['schedules', 'detail', id] as const }

/** Apart from the rest: what fires by the second must not ask for whole days by the second. */
const calendarKeys = { all: ['calendar'] as const, past: ['calendar', 'past'] as const, ahead: ['calendar', 'ahead'] as const }
const pastAgainMs = 10_000
const aheadAgainMs = 60_000
const atOnce = 200
const mostNames = 1000

/** A range of time in a project: from and to as the API writes them. */
export type Span = { projectId: string; from: string; to: string }

export type ScheduleFilter = { projectId?: string | undefined; status?: string | undefined }

const firesAtOnce = 10

export const scheduleQueries = {
  list: (filter: ScheduleFilter) => pagesOf<Schedule>([...keys.all, 'list', filter], '/schedules', filter),
  detail: (id: string) =>
    queryOptions({ queryKey: keys.detail(id), queryFn: ({ signal }) => api.get<Schedule>(`/schedules/${id}`, { signal }) }),
  fires: (id: string) => pagesOf<Fire>([...keys.all, 'fires', id], `/schedules/${id}/fires`, { limit: firesAtOnce }),
  /** Every schedule of a project, to say which is which. */
  names: (projectId: string) =>
    queryOptions({
      queryKey: [...keys.all, 'names', projectId],
      queryFn: async ({ signal }) => {
        const found: Schedule[] = []
        let cursor: string | null = null
        do {
          const page: Page<Schedule> = await api.get('/schedules', { query: { projectId, limit: atOnce, cursor }, signal })
          found.push(...page.items)
          cursor = page.nextCursor
        } while (cursor !== null && found.length < mostNames)
        return found
      },
      staleTime: aheadAgainMs,
    }),
  summary: (span: Span, bySchedule: boolean) =>
    queryOptions({
      queryKey: [...calendarKeys.past, 'summary', span, bySchedule],
      queryFn: ({ signal }) => api.get<FireSummary>('/schedules/fires/summary', { query: { ...span, bySchedule }, signal }),
      refetchInterval: pastAgainMs,
    }),
  forecast: (span: Span) =>
    queryOptions({
      queryKey: [...calendarKeys.ahead, span],
      queryFn: ({ signal }) => api.get<Forecast>('/schedules/forecast', { query: span, signal }),
      refetchInterval: aheadAgainMs,
    }),
  firesWithin: (span: Span, filter: { scheduleId: string | undefined; outcome: string | undefined }) => ({
    ...pagesOf<Fire>([...calendarKeys.past, 'fires', span, filter], '/schedules/fires', { ...span, ...filter, sort: 'fireAt' }),
    refetchInterval: pastAgainMs,
  }),
  backfill: (id: string) =>
    queryOptions({
      queryKey: [...keys.all, 'backfill', id],
      queryFn: ({ signal }) => api.get<BackfillProgress>(`/schedules/${id}/backfill`, { signal }),
    }),
  /** What a backfill would start. Apart from the rest: it is counted anew when the range changes, not at each fire. */
  dryBackfill: (id: string, range: BackfillSchedule) =>
    queryOptions({
      queryKey: ['backfill', id, range],
      queryFn: ({ signal }) => api.post<Backfill>(`/schedules/${id}/backfill`, { ...range, dryRun: true }, { signal }),
      retry: false,
      staleTime: 0,
    }),
  preview: (when: PreviewSchedule) =>
    queryOptions({
      queryKey: [...keys.all, 'preview', when],
      queryFn: ({ signal }) => api.post<SchedulePreview>('/schedules/preview', when, { signal }),
      retry: false,
      staleTime: 0,
    }),
}

export function useCreateSchedule() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key, ...input }: CreateSchedule & { key: string }) => api.post<Schedule>('/schedules', input, { idempotencyKey: key }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

/** Without If-Match: every fire makes a new version, and who changes a setting doesn't mind a fire. */
export function useUpdateSchedule() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, change }: { id: Id<'schedule'>; change: UpdateSchedule }) => api.patch<Schedule>(`/schedules/${id}`, change),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

export type ScheduleVerb = 'pause' | 'resume'

export function useActOnSchedule() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, verb }: { id: Id<'schedule'>; verb: ScheduleVerb }) => api.post<unknown>(`/schedules/${id}/${verb}`),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

export function useTriggerSchedule() {
  return useMutation({
    mutationFn: (id: Id<'schedule'>) => api.post<Run>(`/schedules/${id}/trigger`, {}, { idempotencyKey: newIdempotencyKey() }),
  })
}

export function useBackfillSchedule(id: Id<'schedule'>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (range: BackfillSchedule) => api.post<Backfill>(`/schedules/${id}/backfill`, range),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

export function useStopBackfill(id: Id<'schedule'>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.delete<StoppedBackfill>(`/schedules/${id}/backfill`),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

export function useDeleteSchedule() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: Id<'schedule'>) => api.delete<unknown>(`/schedules/${id}`),
    onSuccess: (_, id) => {
      client.removeQueries({ queryKey: keys.detail(id) })
      return client.invalidateQueries({ queryKey: [...keys.all, 'list'] })
    },
  })
}

/** What changes a schedule changes what it will fire. */
const afterChange = (_: unknown, { touch }: LiveCache) => {
  touch(keys.all)
  touch(calendarKeys.ahead)
}
const afterLeftOut = (_: unknown, { touch }: LiveCache) => {
  touch(keys.all)
  touch(calendarKeys.past)
}

export const scheduleLive: LiveHandlers = {
  'schedule.created': afterChange,
  'schedule.updated': afterChange,
  'schedule.paused': afterChange,
  'schedule.resumed': afterChange,
  'schedule.deleted': (_, { touch }) => {
    touch([...keys.all, 'list'])
    touch(calendarKeys.all)
  },
  'schedule.fired': (_, { touch }) => touch(keys.all),
  'schedule.skipped': afterLeftOut,
  'schedule.missed': afterLeftOut,
  'schedule.backfilled': afterLeftOut,
  'schedule.backfill_stopped': afterLeftOut,
}
