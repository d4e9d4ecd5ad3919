import type { CreatedHook, CreateHook, Hook, HookCall, Id, UpdateHook } from '@orrery/shared-types'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../lib/api.ts'
import { pagesOf } from '../../lib/pages.ts'

export const hookKeys = { all: ['hooks'] as const, detail: (id: string) => ['hooks', 'detail', id] as const }
const callsAtOnce = 10
/** Calls that are refused are told by no event. */
const lookAgainMs = 5000

export const hookQueries = {
  list: (filter: { projectId?: string | undefined }) => pagesOf<Hook>([...hookKeys.all, 'list', filter], '/hooks', filter),
  detail: (id: string) =>
    queryOptions({ queryKey: hookKeys.detail(id), queryFn: ({ signal }) => api.get<Hook>(`/hooks/${id}`, { signal }) }),
  calls: (id: string) => ({
    ...pagesOf<HookCall>([...hookKeys.all, 'calls', id], `/hooks/${id}/calls`, { limit: callsAtOnce }),
    refetchInterval: lookAgainMs,
  }),
}

function useChange<V, R>(mutationFn: (variables: V) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: hookKeys.all }) })
}

export const useCreateHook = () => useChange((input: CreateHook) => api.post<CreatedHook>('/hooks', input))

type Changed = { hook: Pick<Hook, 'id' | 'version'>; change: UpdateHook }
export const useUpdateHook = () =>
  useChange(({ hook, change }: Changed) => api.patch<Hook>(`/hooks/${hook.id}`, change, { ifMatch: hook.version }))

export const useRotateHook = () => useChange((id: Id<'hook'>) => api.post<CreatedHook>(`/hooks/${id}/rotate-secret`))

export function useDeleteHook() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: Id<'hook'>) => api.delete<unknown>(`/hooks/${id}`),
    onSuccess: (_, id) => {
      client.removeQueries({ queryKey: hookKeys.detail(id) })
      return client.invalidateQueries({ queryKey: [...hookKeys.all, 'list'] })
    },
  })
}
