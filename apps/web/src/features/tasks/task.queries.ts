import type { CreateTask, Id, Status, Task } from '@orrery/shared-types'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, newIdempotencyKey } from '../../lib/api.ts'
import type { LiveHandlers } from '../../lib/live-events.ts'
import { pagesOf } from '../../lib/pages.ts'

const all = ['tasks'] as const

export const taskQueries = {
  list: (projectId: string) => pagesOf<Task>([...all, 'list', projectId], '/tasks', { projectId, sort: '-createdAt' }),
}

export function useCreateTask() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: CreateTask) => api.post<Task>('/tasks', input, { idempotencyKey: newIdempotencyKey() }),
    onSuccess: () => client.invalidateQueries({ queryKey: all }),
  })
}

export function useSetTaskStatus() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, status }: { id: Id<'task'>; status: Status }) => api.patch<Task>(`/tasks/${id}/status`, { status }),
    onSettled: () => client.invalidateQueries({ queryKey: all }),
  })
}

export const taskLive: LiveHandlers = {
  'task.created': (_, { touch }) => touch(all),
  'task.updated': (_, { touch }) => touch(all),
  'task.status_changed': (_, { touch }) => touch(all),
  'task.deleted': (_, { touch }) => touch(all),
}
