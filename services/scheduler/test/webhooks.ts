import { startRelay } from '@orrery/service-kit'
import type { CreatedWebhook, Delivery, DeliveryWithBody, Webhook } from '@orrery/shared-types'
import { ask, eventually } from '@orrery/testing'
import type { SchedulerOptions } from '../src/app.ts'
import { startReceiver } from './receiver.ts'
import { startScheduler } from './start-scheduler.ts'

const url = '/api/v1/webhooks'

/** A scheduler with a relay, a receiver that it may reach, and shortcuts for webhooks. Retries come at once unless told otherwise. */
export async function startWithWebhooks(
  reply?: Parameters<typeof startReceiver>[0],
  options: SchedulerOptions = { retryMs: [0, 0, 0] },
  { relay = true } = {},
) {
  const receiver = await startReceiver(reply)
  const s = await startScheduler({ ORRERY_HTTP_ALLOW: receiver.host, ORRERY_PUBLIC_URL: 'https://orrery.test/' }, options)
  s.it.use(receiver)
  if (relay) s.it.use(startRelay(s.it.deps('realtime-gateway')))
  const as = ask(s.app, s.owner)
  const body = (more: object = {}) => ({ projectId: s.projectId, name: 'Chat', url: receiver.url, eventTypes: ['*'], ...more })
  const make = async (more: object = {}): Promise<CreatedWebhook> => {
    const answer = await as.post(url, body(more))
    if (answer.statusCode !== 201) throw new Error(answer.body)
    return answer.json()
  }
  const deliveries = async (id: string, query = ''): Promise<Delivery[]> =>
    (await as.get(`${url}/${id}/deliveries?sort=createdAt${query}`)).json().items
  return {
    ...s,
    receiver,
    as,
    body,
    make,
    deliveries,
    get: async (id: string): Promise<Webhook> => (await as.get(`${url}/${id}`)).json(),
    delivery: async (id: string, delivery: string): Promise<DeliveryWithBody> =>
      (await as.get(`${url}/${id}/deliveries/${delivery}`)).json(),
    /** Waits until so many deliveries of a webhook fit. */
    told: (id: string, count: number, fits: (delivery: Delivery) => boolean = () => true): Promise<Delivery[]> =>
      eventually(`${count} deliveries`, async () => {
        const found = (await deliveries(id)).filter(fits)
        return found.length >= count && found
      }),
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  }
}
