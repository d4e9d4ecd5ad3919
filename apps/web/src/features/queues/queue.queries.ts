import type { DeadLetter, Drained, Id, QueueList, QueueSetting, Redriven, Run, SetQueue } from '@orrery/shared-types'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../lib/api.ts'
import type { LiveHandlers } from '../../lib/live-events.ts'
import { pagesOf } from '../../lib/pages.ts'

const keys = { all: ['queues'] as const, deadLetters: ['queues', 'dead-letters'] as const, standing: ['queues', 'standing'] as const }
/** Steps come and go without an event of their queue. */
const lookAgainMs = 3000

export type DeadLetterFilter = { projectId: string | undefined; queue: string | undefined; state: string | undefined }

export const queueQueries = {
  /** Without a project: the installation's, for administrators. */
  list: (projectId: string | null) =>
    queryOptions({
      queryKey: [...keys.standing, projectId],
      queryFn: ({ signal }) => api.get<QueueList>('/queues', { query: { projectId }, signal }),
      refetchInterval: lookAgainMs,
    }),
  deadLetters: (filter: DeadLetterFilter) => pagesOf<DeadLetter>([...keys.deadLetters, 'list', filter], '/dead-letters', filter),
  deadLetter: (id: string) =>
    queryOptions({
      queryKey: [...keys.deadLetters, 'detail', id],
      queryFn: ({ signal }) => api.get<DeadLetter>(`/dead-letters/${id}`, { signal }),
    }),
}

/** Every change may show in every count. */
function useChange<V, R>(mutationFn: (variables: V) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: keys.all }) })
}

const path = (name: string) => `/queues/${encodeURIComponent(name)}`
/** A queue where it is one's own. */
export type QueueRef = { name: string; projectId: Id<'project'> }

export const useSetQueue = () =>
  useChange(({ name, ...change }: SetQueue & { name: string }) => api.patch<QueueSetting>(path(name), change))

export const useDrainQueue = () => useChange(({ name, projectId }: QueueRef) => api.post<Drained>(`${path(name)}/drain`, { projectId }))

export const useRedriveQueue = () => useChange(({ name, projectId }: QueueRef) => api.post<Redriven>(`${path(name)}/retry`, { projectId }))

export const useRedriveProject = () => useChange((projectId: Id<'project'>) => api.post<Redriven>('/dead-letters/redrive', { projectId }))

export const useRedrive = () => useChange((id: Id<'step'>) => api.post<Run>(`/dead-letters/${id}/redrive`))

export const useDismiss = () => useChange((id: Id<'step'>) => api.delete<unknown>(`/dead-letters/${id}`))

export type BellVerb = 'retry' | 'drain'
export const useActOnBell = () =>
  useChange(({ name, verb }: { name: string; verb: BellVerb }) =>
    api.post<{ count: number }>(`/queues/bells/${encodeURIComponent(name)}/${verb}`),
  )

export const queueLive: LiveHandlers = {
  'queue.updated': (_, { touch }) => touch(keys.standing),
  'step.dead_lettered': (_, { touch }) => touch(keys.all),
}
