import { type Ctx, inTx, newId } from '@orrery/core'
import { cloudEvent, wants } from './cloud-event.policy.ts'
import * as deliveries from './delivery.repository.ts'
import * as log from './event-log.repository.ts'

/** `more` says that the log goes on beyond what was read, `idle` that nobody wants to be told of anything. */
export type Followed = { deliveries: number; more: boolean; idle: boolean }

const eventsAtOnce = 1000

/**
 * Reads the event log on from where it stood and puts down what is to be delivered. The cursor moves in the same
 * transaction, and whoever holds it reads alone: each event gives one delivery for each webhook, whatever is killed.
 */
export function followEvents(ctx: Ctx, origin: string): Promise<Followed> {
  return inTx(ctx, async (ctx) => {
    const cursor = await log.takeCursor(ctx)
    const head = cursor === undefined ? 0 : await log.readHead(ctx)
    if (cursor === undefined || head <= cursor) return { deliveries: 0, more: false, idle: false }
    const targets = await log.findTargets(ctx)
    if (targets.length === 0) {
      await log.moveCursor(ctx, head)
      return { deliveries: 0, more: false, idle: true }
    }
    const upTo = Math.min(head, cursor + eventsAtOnce)
    const events = await log.readEvents(ctx, [...new Set(targets.map((target) => target.projectId))], cursor, upTo)
    const wanted = events.flatMap((event) =>
      targets
        .filter((target) => wants(target, event))
        .map(({ id }) => ({
          id: newId('delivery'),
          webhookId: id,
          seq: event.seq,
          eventType: event.type,
          body: cloudEvent(event, origin),
        })),
    )
    const count = await deliveries.insert(ctx, wanted)
    await log.moveCursor(ctx, upTo)
    return { deliveries: count, more: upTo < head, idle: false }
  })
}
