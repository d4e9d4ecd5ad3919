import { belongs, type Listener, type Stamped, type Topic, toLiveEvent } from '../events/index.ts'

/** Sockets that hear the same: their frames are made once for all of them. */
export type Audience = { key: string; topics: Topic[]; listener: Listener; members: Set<Member>; pending: string[] }

/** Whoever gets frames. `deliver` is called with text that is ready to be sent. */
export type Member = { deliver: (frame: string) => void }

const coalesceMs = 20

/** Hands events to everyone who listens: framed once per audience, coalesced under load, at once when it is quiet. */
export class Hall {
  private readonly audiences = new Map<string, Audience>()
  private timer: NodeJS.Timeout | undefined
  private flushedAt = 0

  /** Puts a socket among those who hear the same. Give what is pending out first, so that it begins where it stands. */
  join(member: Member, names: string[], topics: Topic[], listener: Listener): Audience {
    this.flush()
    const shared = topics.some((topic) => topic.kind === 'agents' || topic.kind === 'user' || topic.kind === 'system')
    const key = [...names].sort().join(' ') + (shared ? ` ${listener.userId}` : '')
    const audience = this.audiences.get(key) ?? { key, topics, listener, members: new Set(), pending: [] }
    if (shared) audience.listener = listener
    audience.members.add(member)
    this.audiences.set(key, audience)
    return audience
  }

  leave(member: Member, audience: Audience): void {
    this.flush()
    audience.members.delete(member)
    if (audience.members.size === 0) this.audiences.delete(audience.key)
  }

  give(events: Stamped[]): void {
    for (const audience of this.audiences.values()) {
      for (const event of events) {
        if (audience.topics.some((topic) => belongs(event, topic, audience.listener)))
          audience.pending.push(JSON.stringify(toLiveEvent(event)))
      }
    }
    const waitMs = this.flushedAt + coalesceMs - Date.now()
    if (waitMs <= 0) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), waitMs)
  }

  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.flushedAt = Date.now()
    for (const audience of this.audiences.values()) {
      if (audience.pending.length === 0) continue
      for (const frame of frames(audience.pending.splice(0))) for (const member of audience.members) member.deliver(frame)
    }
  }

  get size(): number {
    return this.audiences.size
  }
}

const maxFrame = 512 * 1024

/** One event goes alone, several go together, in frames that stay well under the limit of a message. */
export function frames(events: string[]): string[] {
  if (events.length === 1 && events[0]) return [single(events[0])]
  const made: string[] = []
  let open: string[] = []
  let size = 0
  for (const event of events) {
    if (size + event.length > maxFrame && open.length > 0) {
      made.push(`{"type":"events","events":[${open.join(',')}]}`)
      open = []
      size = 0
    }
    open.push(event)
    size += event.length
  }
  if (open.length > 0) made.push(`{"type":"events","events":[${open.join(',')}]}`)
  return made
}

/** A lone event is flat: its own type is in `eventType`, since `type` names the message. */
const single = (event: string) => `{"type":"event",${event.slice(1).replace('"type":', '"eventType":')}`
