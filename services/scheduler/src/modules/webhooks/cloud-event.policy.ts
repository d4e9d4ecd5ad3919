import { type LoggedEvent, presentEvent } from '@orrery/core'
import { deliverableEvents, everyEvent } from '@orrery/shared-types'

type Wish = { projectId: string; eventTypes: readonly string[]; afterSeq: number }

/** Whether a webhook is to be told of an event: of its own project, of a kind it asked for, and not from before it was there. */
export function wants(webhook: Wish, event: LoggedEvent & { seq: number }): boolean {
  if (event.project_id !== webhook.projectId || event.seq <= webhook.afterSeq) return false
  const asked = webhook.eventTypes.includes(everyEvent) || webhook.eventTypes.includes(event.type)
  return asked && deliverableEvents.includes(event.type)
}

/** A CloudEvents 1.0 event in structured JSON. `origin` is where the installation is reached; without one the source is relative to it. */
export function cloudEvent(event: LoggedEvent & { seq: number }, origin: string): string {
  const { type, entityId, entityVersion, projectId, occurredAt, payload, lineageRef } = presentEvent(event)
  return JSON.stringify({
    specversion: '1.0',
    id: String(event.seq),
    source: `${origin}/projects/${projectId}`,
    type,
    subject: entityId,
    time: occurredAt,
    datacontenttype: 'application/json',
    project: projectId,
    entityversion: entityVersion,
    ...(lineageRef !== null && { lineage: lineageRef }),
    data: payload,
  })
}

/** What a test sends. */
export const testEvent = (id: string, projectId: string, webhookId: string, time: string, origin: string): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: `${origin}/projects/${projectId}`,
    type: testType,
    subject: webhookId,
    time,
    datacontenttype: 'application/json',
    project: projectId,
    data: { message: 'A test of this webhook' },
  })
export const testType = 'webhook.test'
