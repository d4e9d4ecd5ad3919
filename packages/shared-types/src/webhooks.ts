import { type Static, Type } from '@sinclair/typebox'
import { Input, Name, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { type EventName, events } from './events.ts'
import { IdOf } from './ids.ts'

// People and their keys belong to no project, and a webhook that told of webhooks could feed itself.
const untold: readonly string[] = ['users', 'webhooks']
/** What a webhook can be told of. */
export const deliverableEvents = (Object.keys(events) as EventName[]).filter((name) => !untold.includes(events[name].module))

export const everyEvent = '*'
const EventTypes = Type.Array(OneOf([everyEvent, ...deliverableEvents]), {
  minItems: 1,
  maxItems: 100,
  uniqueItems: true,
  description: 'Names of events; * stands for all of the project',
})
const TargetUrl = Type.String({ minLength: 1, maxLength: 2000, description: 'Where events are sent: https, or http' })

export const Webhook = Type.Object({
  id: IdOf('webhook'),
  projectId: IdOf('project'),
  name: Type.String(),
  url: Type.String(),
  eventTypes: Type.Array(Type.String()),
  enabled: Type.Boolean(),
  disabledReason: Nullable(Type.String({ description: 'Why Orrery switched it off by itself' })),
  previousSecretUntil: Nullable(Timestamp),
  waiting: Type.Integer({ description: 'Deliveries that are still to be made' }),
  dead: Type.Integer({ description: 'Deliveries given up' }),
  lastDeliveredAt: Nullable(Timestamp),
  version: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Webhook = Static<typeof Webhook>
export const WebhookPage = PageOf(Webhook)

/** The secret is shown by the request that makes it, and never again. */
const secret = { secret: Type.String({ description: 'whsec_ and the key in base64; shown this once' }) }
export const CreatedWebhook = Type.Composite([Webhook, Type.Object(secret)])
export type CreatedWebhook = Static<typeof CreatedWebhook>

export const CreateWebhook = Input({
  projectId: IdOf('project'),
  name: Name,
  url: TargetUrl,
  eventTypes: EventTypes,
  enabled: Type.Optional(Type.Boolean()),
})
export type CreateWebhook = Static<typeof CreateWebhook>
export const UpdateWebhook = Input({
  name: Type.Optional(Name),
  url: Type.Optional(TargetUrl),
  eventTypes: Type.Optional(EventTypes),
  enabled: Type.Optional(Type.Boolean()),
})
export type UpdateWebhook = Static<typeof UpdateWebhook>
export const WebhookQuery = Input({ ...pageQuery, projectId: Type.Optional(IdOf('project')) })
export type WebhookQuery = Static<typeof WebhookQuery>

export const RotateSecret = Input({
  revokeOld: Type.Optional(Type.Boolean({ description: 'End the old secret now instead of in a day' })),
})
export type RotateSecret = Static<typeof RotateSecret>

/** `pending` was not tried yet, `retrying` failed and will be tried again, `dead` was given up. */
export const deliveryStatuses = ['pending', 'retrying', 'delivered', 'dead'] as const
export const DeliveryStatus = OneOf(deliveryStatuses)
export type DeliveryStatus = Static<typeof DeliveryStatus>

export const Delivery = Type.Object({
  id: IdOf('delivery'),
  webhookId: IdOf('webhook'),
  eventId: Nullable(Type.String({ description: 'Place in the event log; null for a test' })),
  eventType: Type.String(),
  status: DeliveryStatus,
  attempts: Type.Integer(),
  nextAt: Nullable(Timestamp),
  sending: Type.Boolean({ description: 'An attempt is under way' }),
  lastStatusCode: Nullable(Type.Integer()),
  lastError: Nullable(Type.String()),
  lastDurationMs: Nullable(Type.Integer()),
  responseExcerpt: Nullable(Type.String({ description: 'The first 2 kB of the last answer' })),
  createdAt: Timestamp,
  deliveredAt: Nullable(Timestamp),
})
export type Delivery = Static<typeof Delivery>
export const DeliveryPage = PageOf(Delivery)
const { q: _q, ...unsearched } = pageQuery
export const DeliveryQuery = Input({
  ...unsearched,
  status: Type.Optional(Type.String({ description: 'One or several, with commas' })),
  eventType: Type.Optional(Type.String({ maxLength: 100 })),
})
export type DeliveryQuery = Static<typeof DeliveryQuery>
/** One delivery with the very text that is sent. */
export const DeliveryWithBody = Type.Composite([Delivery, Type.Object({ body: Type.String() })])
export type DeliveryWithBody = Static<typeof DeliveryWithBody>

export const RedeliverDead = Input({ since: Timestamp })
export type RedeliverDead = Static<typeof RedeliverDead>
export const Redelivered = Type.Object({ count: Type.Integer() })
export type Redelivered = Static<typeof Redelivered>
