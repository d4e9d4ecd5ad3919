import type {
  CreateRun,
  CreateWorkflow,
  Id,
  Page,
  Run,
  UpdateWorkflow,
  Workflow,
  WorkflowDiff,
  WorkflowSummary,
  WorkflowTransition,
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
  diff: (id: string, from: number, to: number) => ['workflows', 'diff', id, from, to] as const,
  transitions: (id: string) => ['workflows', 'transitions', id] as const,
}

const transitionsAtOnce = 10

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
  /** A version never changes, so neither does what differs between two. */
  diff: (id: string, from: number, to: number) =>
    queryOptions({
      queryKey: keys.diff(id, from, to),
      queryFn: ({ signal }) => api.get<WorkflowDiff>(`/workflows/${id}/diff`, { query: { from, to }, signal }),
      staleTime: Number.POSITIVE_INFINITY,
    }),
  transitions: (id: string) =>
    pagesOf<WorkflowTransition>(keys.transitions(id), `/workflows/${id}/transitions`, { limit: transitionsAtOnce }),
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
    /** The latest version unless another is named. */
    mutationFn: (version?: number) => api.post<Workflow>(`/workflows/${id}/publish`, version === undefined ? {} : { version }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

function useMove<V, R>(mutationFn: (variables: V) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: keys.all }) })
}

export const usePauseWorkflow = (id: Id<'workflow'>) =>
  useMove((reason: string) => api.post<Workflow>(`/workflows/${id}/pause`, reason === '' ? {} : { reason }))

export const useResumeWorkflow = (id: Id<'workflow'>) => useMove(() => api.post<Workflow>(`/workflows/${id}/resume`))

export const useRetireWorkflow = (id: Id<'workflow'>) => useMove(() => api.delete<unknown>(`/workflows/${id}`))

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
  'workflow.paused': (_, { touch }) => touch(keys.all),
  'workflow.resumed': (_, { touch }) => touch(keys.all),
}
