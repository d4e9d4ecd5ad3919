import type {
  CreateRun,
  CreateWorkflow,
  Id,
  Page,
  Run,
  UpdateWorkflow,
  Workflow,
  WorkflowSummary,
  WorkflowVerdict,
  WorkflowVersion,
} from '@orrery/shared-types'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../lib/api.ts'
import type { LiveHandlers } from '../../lib/live-events.ts'
import { pagesOf } from '../../lib/pages.ts'

const keys = {
  all: ['workflows'] as const,
  lists: ['workflows', 'list'] as const,
  detail: (id: string) => ['workflows', 'detail', id] as const,
  versions: (id: string) => ['workflows', 'versions', id] as const,
}

export type WorkflowFilter = { projectId?: string | undefined; status?: string | undefined; q?: string | undefined }

export const workflowQueries = {
  list: (filter: WorkflowFilter) => pagesOf<WorkflowSummary>([...keys.lists, filter], '/workflows', { sort: '-updatedAt', ...filter }),
  choices: (projectId: string | undefined) =>
    queryOptions({
      queryKey: [...keys.all, 'choices', projectId ?? null],
      queryFn: async ({ signal }) =>
        (await api.get<Page<WorkflowSummary>>('/workflows', { query: { projectId, status: 'published', limit: 200 }, signal })).items,
    }),
  detail: (id: string) =>
    queryOptions({ queryKey: keys.detail(id), queryFn: ({ signal }) => api.get<Workflow>(`/workflows/${id}`, { signal }) }),
  versions: (id: string) => pagesOf<WorkflowVersion>(keys.versions(id), `/workflows/${id}/versions`),
}

export const validateWorkflow = (definition: string, signal?: AbortSignal) =>
  api.post<WorkflowVerdict>('/workflows/validate', { definition }, signal ? { signal } : {})

export function useCreateWorkflow() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key, ...input }: CreateWorkflow & { key: string }) => api.post<Workflow>('/workflows', input, { idempotencyKey: key }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

export function useSaveWorkflow(id: Id<'workflow'>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ ifMatch, ...change }: UpdateWorkflow & { ifMatch: number }) =>
      api.patch<Workflow>(`/workflows/${id}`, change, { ifMatch }),
    onSuccess: (workflow) => {
      client.setQueryData(keys.detail(id), workflow)
      return client.invalidateQueries({ queryKey: keys.lists })
    },
  })
}

export function usePublishWorkflow(id: Id<'workflow'>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<Workflow>(`/workflows/${id}/publish`),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

export function useStartRun() {
  return useMutation({
    mutationFn: ({ key, ...input }: CreateRun & { key: string }) => api.post<Run>('/runs', input, { idempotencyKey: key }),
  })
}

export const workflowLive: LiveHandlers = {
  'workflow.created': (_, { touch }) => touch(keys.all),
  'workflow.updated': (_, { touch }) => touch(keys.all),
  'workflow.published': (_, { touch }) => touch(keys.all),
  'workflow.archived': (_, { touch }) => touch(keys.all),
}
