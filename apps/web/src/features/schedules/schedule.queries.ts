import type { CreateSchedule, Fire, Id, PreviewSchedule, Run, Schedule, SchedulePreview, UpdateSchedule } from '@orrery/shared-types'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, newIdempotencyKey } from '../../lib/api.ts'
import type { LiveHandlers } from '../../lib/live-events.ts'
import { pagesOf } from '../../lib/pages.ts'

const keys = { all: ['schedules'] as const, detail: (id: string) => ['schedules', 'detail', id] as const }

export type ScheduleFilter = { projectId?: string | undefined; status?: string | undefined }

const firesAtOnce = 10

export const scheduleQueries = {
  list: (filter: ScheduleFilter) => pagesOf<Schedule>([...keys.all, 'list', filter], '/schedules', filter),
  detail: (id: string) =>
    queryOptions({ queryKey: keys.detail(id), queryFn: ({ signal }) => api.get<Schedule>(`/schedules/${id}`, { signal }) }),
  fires: (id: string) => pagesOf<Fire>([...keys.all, 'fires', id], `/schedules/${id}/fires`, { limit: firesAtOnce }),
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

export const scheduleLive: LiveHandlers = {
  'schedule.created': (_, { touch }) => touch(keys.all),
  'schedule.updated': (_, { touch }) => touch(keys.all),
  'schedule.paused': (_, { touch }) => touch(keys.all),
  'schedule.resumed': (_, { touch }) => touch(keys.all),
  'schedule.deleted': (_, { touch }) => touch([...keys.all, 'list']),
  'schedule.fired': (_, { touch }) => touch(keys.all),
  'schedule.skipped': (_, { touch }) => touch(keys.all),
  'schedule.missed': (_, { touch }) => touch(keys.all),
  'schedule.backfilled': (_, { touch }) => touch(keys.all),
}
