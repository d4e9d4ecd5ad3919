import type { Activity, Agent, AgentStatus, CreateAgent, Id } from '@orrery/shared-types'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../lib/api.ts'
import type { LiveHandlers } from '../../lib/live-events.ts'
import { pagesOf } from '../../lib/pages.ts'

const keys = {
  all: ['agents'] as const,
  detail: (id: string) => ['agents', 'detail', id] as const,
  activity: (id: string) => ['agents', 'activity', id] as const,
}

export type AgentFilter = { projectId?: string | undefined; status?: string | undefined }

export const agentQueries = {
  list: (filter: AgentFilter) => pagesOf<Agent>([...keys.all, 'list', filter], '/agents', filter),
  detail: (id: string) => queryOptions({ queryKey: keys.detail(id), queryFn: ({ signal }) => api.get<Agent>(`/agents/${id}`, { signal }) }),
  activity: (id: string) => pagesOf<Activity>(keys.activity(id), `/agents/${id}/activity`),
}

export function useCreateAgent() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key, ...input }: CreateAgent & { key: string }) => api.post<Agent>('/agents', input, { idempotencyKey: key }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

export function useSetAgentStatus() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, status }: { id: Id<'agent'>; status: AgentStatus }) => api.put<Agent>(`/agents/${id}/status`, { status }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

export const agentLive: LiveHandlers = {
  'agent.created': (_, { touch }) => touch(keys.all),
  'agent.updated': (_, { touch }) => touch(keys.all),
  'agent.deleted': (_, { touch }) => touch([...keys.all, 'list']),
  'agent.status_changed': (_, { touch }) => touch(keys.all),
  'agent.activity': (event, { touch }) => {
    touch(keys.activity(event.entityId))
    touch(keys.detail(event.entityId))
  },
}
