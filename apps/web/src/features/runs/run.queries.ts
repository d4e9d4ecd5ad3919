import type { Id, LogLine, LogPage, Page, Run, RunSummary } from '@orrery/shared-types'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../lib/api.ts'
import { pagesOf } from '../../lib/pages.ts'

export const runKeys = {
  all: ['runs'] as const,
  lists: ['runs', 'list'] as const,
  digests: ['runs', 'digest'] as const,
  detail: (id: string) => ['runs', 'detail', id] as const,
  logs: (id: string) => ['runs', 'logs', id] as const,
}

export type RunFilter = {
  projectId?: string | undefined
  workflowId?: string | undefined
  scheduleId?: string | undefined
  status?: string | undefined
  q?: string | undefined
}
export type LogBook = { lines: LogLine[]; cursor: string | undefined }

const logBatch = 1000

export const runQueries = {
  list: (filter: RunFilter) => pagesOf<RunSummary>([...runKeys.lists, filter], '/runs', { sort: '-createdAt', ...filter }),
  /** The newest of some statuses, with how many there are in all. */
  digest: (status: string, projectId: string | undefined, limit: number) =>
    queryOptions({
      queryKey: [...runKeys.digests, status, projectId ?? null, limit],
      queryFn: ({ signal }) =>
        api.get<Page<RunSummary>>('/runs', { query: { status, projectId, limit, sort: '-createdAt', count: true }, signal }),
    }),
  detail: (id: string) => queryOptions({ queryKey: runKeys.detail(id), queryFn: ({ signal }) => api.get<Run>(`/runs/${id}`, { signal }) }),
  /** Lines only ever come behind those at hand: asking again fetches what is new. */
  logs: (id: string, stepId: string) => {
    const queryKey = [...runKeys.logs(id), stepId]
    return queryOptions({
      queryKey,
      queryFn: async ({ client, signal }): Promise<LogBook> => {
        let book = client.getQueryData<LogBook>(queryKey) ?? { lines: [], cursor: undefined }
        for (;;) {
          const page: LogPage = await api.get<LogPage>(`/runs/${id}/logs`, {
            query: { stepId, cursor: book.cursor, limit: logBatch },
            signal,
          })
          book = { lines: [...book.lines, ...page.items], cursor: page.nextCursor }
          if (page.items.length < logBatch) return book
        }
      },
      structuralSharing: false,
    })
  },
}

export function useCancelRun() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: Id<'run'>) => api.post<unknown>(`/runs/${id}/cancel`),
    onSettled: () => client.invalidateQueries({ queryKey: runKeys.all }),
  })
}
