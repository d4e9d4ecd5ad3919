import type {
  CreatedWebhook,
  CreateWebhook,
  Delivery,
  DeliveryWithBody,
  Id,
  Redelivered,
  UpdateWebhook,
  Webhook,
} from '@orrery/shared-types'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../lib/api.ts'
import type { LiveHandlers } from '../../lib/live-events.ts'
import { pagesOf } from '../../lib/pages.ts'
import { hookKeys } from './hook.queries.ts'

const keys = {
  all: ['webhooks'] as const,
  detail: (id: string) => ['webhooks', 'detail', id] as const,
  deliveries: (id: string) => ['webhooks', 'deliveries', id] as const,
}
const deliveriesAtOnce = 10
/** While deliveries are on their way: no event tells of one that was taken. */
const lookAgainMs = 3000

export const webhookQueries = {
  list: (filter: { projectId?: string | undefined }) => pagesOf<Webhook>([...keys.all, 'list', filter], '/webhooks', filter),
  detail: (id: string) =>
    queryOptions({
      queryKey: keys.detail(id),
      queryFn: ({ signal }) => api.get<Webhook>(`/webhooks/${id}`, { signal }),
      refetchInterval: ({ state }) => (state.data && state.data.waiting > 0 ? lookAgainMs : false),
    }),
  deliveries: (id: string) => ({
    ...pagesOf<Delivery>(keys.deliveries(id), `/webhooks/${id}/deliveries`, { limit: deliveriesAtOnce }),
    refetchInterval: lookAgainMs,
  }),
  delivery: (id: string, delivery: string) =>
    queryOptions({
      queryKey: [...keys.deliveries(id), delivery],
      queryFn: ({ signal }) => api.get<DeliveryWithBody>(`/webhooks/${id}/deliveries/${delivery}`, { signal }),
    }),
}

/** Every change may show in every list. */
function useChange<V, R>(mutationFn: (variables: V) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: keys.all }) })
}

export const useCreateWebhook = () => useChange((input: CreateWebhook) => api.post<CreatedWebhook>('/webhooks', input))

type Changed = { webhook: Pick<Webhook, 'id' | 'version'>; change: UpdateWebhook }
export const useUpdateWebhook = () =>
  useChange(({ webhook, change }: Changed) => api.patch<Webhook>(`/webhooks/${webhook.id}`, change, { ifMatch: webhook.version }))

export const useRotateWebhook = () => useChange((id: Id<'webhook'>) => api.post<CreatedWebhook>(`/webhooks/${id}/rotate-secret`))

export const useTestWebhook = () => useChange((id: Id<'webhook'>) => api.post<Delivery>(`/webhooks/${id}/test`))

export const useRedeliver = () =>
  useChange(({ webhookId, id }: Pick<Delivery, 'webhookId' | 'id'>) =>
    api.post<Delivery>(`/webhooks/${webhookId}/deliveries/${id}/redeliver`),
  )

export const useRedeliverDead = () =>
  useChange(({ id, since }: { id: Id<'webhook'>; since: string }) => api.post<Redelivered>(`/webhooks/${id}/redeliver`, { since }))

export function useDeleteWebhook() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: Id<'webhook'>) => api.delete<unknown>(`/webhooks/${id}`),
    onSuccess: (_, id) => {
      client.removeQueries({ queryKey: keys.detail(id) })
      return client.invalidateQueries({ queryKey: [...keys.all, 'list'] })
    },
  })
}

export const webhookLive: LiveHandlers = {
  'webhook.created': (_, { touch }) => touch(keys.all),
  'webhook.updated': (_, { touch }) => touch(keys.all),
  'webhook.disabled': (_, { touch }) => touch(keys.all),
  'webhook.delivery_failed': (_, { touch }) => touch(keys.all),
  'webhook.deleted': (_, { touch }) => touch([...keys.all, 'list']),
  'hook.created': (_, { touch }) => touch(hookKeys.all),
  'hook.updated': (_, { touch }) => touch(hookKeys.all),
  'hook.deleted': (_, { touch }) => touch([...hookKeys.all, 'list']),
}
