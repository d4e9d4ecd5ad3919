import type {
  Approval,
  Artifact,
  Id,
  LogLine,
  LogPage,
  Page,
  Run,
  RunComparison,
  RunSummary,
  RunTimeline,
  WhyRun,
} from '@orrery/shared-types'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { announce } from '../../components/ui/notices.ts'
import { api, newIdempotencyKey } from '../../lib/api.ts'
import { pagesOf } from '../../lib/pages.ts'

export const runKeys = {
  all: ['runs'] as const,
  lists: ['runs', 'list'] as const,
  digests: ['runs', 'digest'] as const,
  detail: (id: string) => ['runs', 'detail', id] as const,
  // below the run's own key: whatever makes the run be asked for again does so for these
  why: (id: string) => ['runs', 'detail', id, 'why'] as const,
  timeline: (id: string) => ['runs', 'detail', id, 'timeline'] as const,
  comparison: (id: string, other: string) => ['runs', 'comparison', id, other] as const,
  logs: (id: string) => ['runs', 'logs', id] as const,
  artifacts: (id: string) => ['runs', 'artifacts', id] as const,
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
const askAgainMs = 5000

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
  /** Time passes and workers come without an event of this run: it is asked again while somebody looks. */
  why: (id: string) =>
    queryOptions({
      queryKey: runKeys.why(id),
      queryFn: ({ signal }) => api.get<WhyRun>(`/runs/${id}/why`, { signal }),
      refetchInterval: askAgainMs,
    }),
  timeline: (id: string) =>
    queryOptions({
      queryKey: runKeys.timeline(id),
      queryFn: async ({ signal }) => (await api.get<RunTimeline>(`/runs/${id}/timeline`, { signal })).items,
    }),
  comparison: (id: string, other: string) =>
    queryOptions({
      queryKey: runKeys.comparison(id, other),
      queryFn: ({ signal }) => api.get<RunComparison>(`/runs/${id}/compare`, { query: { with: other }, signal }),
    }),
  /** Of one step, of a step with all of its items, or of the run. */
  artifacts: (id: string, of: { stepId?: string; step?: string }) =>
    pagesOf<Artifact>([...runKeys.artifacts(id), of], `/runs/${id}/artifacts`, of),
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

export function useSignalRun() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, name, body }: { id: Id<'run'>; name: string; body: { payload?: unknown } }) =>
      api.post<unknown>(`/runs/${id}/signals/${encodeURIComponent(name)}`, body, { idempotencyKey: newIdempotencyKey() }),
    // said here and not by the dialog: the run may move, and the dialog be gone, before the answer comes
    onSuccess: (_, { name }) => announce(`The signal ${name} is sent`),
    onSettled: (_, __, { id }) => client.invalidateQueries({ queryKey: runKeys.detail(id) }),
  })
}

export type Decision = 'approve' | 'reject'

export function useDecideApproval() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ stepId, decision, comment }: { runId: Id<'run'>; stepId: Id<'step'>; decision: Decision; comment: string }) =>
      api.post<Approval>(`/approvals/${stepId}/${decision}`, comment === '' ? {} : { comment }, { idempotencyKey: newIdempotencyKey() }),
    onSuccess: ({ title, state }) => announce(`“${title}” is ${state}`),
    onSettled: (_, __, { runId }) => client.invalidateQueries({ queryKey: runKeys.detail(runId) }),
  })
}

type Input = Record<string, unknown>
/** How an ended run is gone through once more. An input that isn't given stays what it was. */
export type Repeat = { kind: 'retry' } | { kind: 'replay'; input?: Input } | { kind: 'fork'; fromStep: string; input?: Input }

export function useRepeatRun() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, repeat: { kind, ...body }, key }: { id: Id<'run'>; repeat: Repeat; key: string }) =>
      api.post<Run>(`/runs/${id}/${kind}`, body, { idempotencyKey: key }),
    onSuccess: () => client.invalidateQueries({ queryKey: runKeys.lists }),
  })
}
