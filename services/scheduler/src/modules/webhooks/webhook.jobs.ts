import type { Ctx } from '@orrery/core'
import { type Deps, every, ownCtx, quietly } from '@orrery/service-kit'
import { followEvents } from './follow-events.ts'
import { claimDeliveries, forgetDeliveries, type Sending, sendDelivery } from './send-deliveries.ts'

const lookEveryMs = 1000
const forgetEveryMs = 3_600_000
const atOnce = 32

export type DeliveringOptions = Sending & {
  origin: string
  /** Tells every replica that deliveries may be due. */
  ring: () => void
  /** Calls back at such a ring. */
  onRing: (heard: () => void) => () => Promise<void>
}

/** Turns events into deliveries and sends them. Every replica does both; PostgreSQL decides who does what. */
export function keepDelivering(deps: Deps, options: DeliveringOptions): { close: () => Promise<void> } {
  const ctx = ownCtx(deps, 'webhooks')
  const sender = new Sender(deps, ctx, options)
  let heardMore = false
  let closed = false
  // where there is no webhook, rings under load would move the cursor for nothing: once a second is enough
  let idle = true

  async function follow(): Promise<void> {
    do {
      heardMore = false
      const followed = await followEvents(ctx, options.origin)
      idle = followed.idle
      heardMore ||= followed.more
      if (followed.deliveries > 0) {
        options.ring()
        sender.wake()
      }
    } while (heardMore && !closed)
  }
  const following = every(deps, 'event log for webhooks', lookEveryMs, follow)
  const unlisten = deps.bells.on('events', () => {
    if (idle) return
    heardMore = true
    void following.now()
  })
  const unring = options.onRing(() => sender.wake())
  const sending = every(deps, 'deliveries', lookEveryMs, async () => sender.wake())
  const forgetting = every(deps, 'old deliveries', forgetEveryMs, () => forgetDeliveries(ctx))
  return {
    async close() {
      closed = true
      unlisten()
      await unring()
      await Promise.all([following.close(), sending.close(), forgetting.close()])
      await sender.close()
    },
  }
}

/** Takes as many deliveries as it has room for, and looks again whenever one is done. */
class Sender {
  private readonly deps: Deps
  private readonly ctx: Ctx
  private readonly sending: Sending
  private readonly failed: (error: Error) => void
  private readonly underWay = new Set<Promise<void>>()
  private looking: Promise<void> | undefined
  private again = false
  private closed = false

  constructor(deps: Deps, ctx: Ctx, sending: Sending) {
    this.deps = deps
    this.ctx = ctx
    this.sending = sending
    this.failed = quietly(deps.log, 'sending deliveries')
  }

  wake(): void {
    this.again = true
    if (this.closed) return
    this.looking ??= this.look()
      .catch((error: unknown) => this.failed(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        this.looking = undefined
        if (this.again) this.wake()
      })
  }

  /** Attempts that were begun are finished: each takes 15 s at most. */
  async close(): Promise<void> {
    this.closed = true
    await this.looking
    await Promise.all(this.underWay)
  }

  private async look(): Promise<void> {
    while (this.again && !this.closed && !this.deps.stopping()) {
      this.again = false
      const room = atOnce - this.underWay.size
      if (room <= 0) return
      for (const delivery of await claimDeliveries(this.ctx, room)) this.begin(delivery)
    }
    this.again = false
  }

  private begin(delivery: Awaited<ReturnType<typeof claimDeliveries>>[number]): void {
    const sent: Promise<void> = sendDelivery(this.ctx, delivery, this.sending)
      .then(
        () => undefined,
        (error: unknown) => this.failed(error instanceof Error ? error : new Error(String(error))),
      )
      .finally(() => {
        this.underWay.delete(sent)
        this.wake()
      })
    this.underWay.add(sent)
  }
}
