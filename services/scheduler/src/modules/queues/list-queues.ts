import { type Ctx, requireAdmin, requireRole } from '@orrery/core'
import { anyQueue, type BellQueue, builtInQueues, type Queue, type QueueList, type QueueQuery } from '@orrery/shared-types'
import { countOpen } from '../dead-letters/index.ts'
import * as queues from './queue.repository.ts'

const idle = { ready: 0, scheduled: 0, running: 0, oldestReadyAt: null, oldestAgeMs: null }

/** How the queues stand: within a project for whoever may see it, over the installation for an administrator. */
export async function listQueues(ctx: Ctx, { projectId }: QueueQuery, bells: () => Promise<BellQueue[]>): Promise<QueueList> {
  if (projectId === undefined) requireAdmin(ctx)
  else await requireRole(ctx, projectId, 'viewer')
  const scope = projectId ?? null
  const [load, crews, settings, dead] = await Promise.all([
    queues.findLoad(ctx, scope),
    queues.findCrews(ctx, scope),
    queues.findSettings(ctx, scope),
    countOpen(ctx, scope),
  ])
  const named = settings.filter((each) => each.name !== anyQueue)
  const all = [...load, ...crews, ...named, ...dead].map((each) => each.name).filter((name) => !isBuiltIn(name))
  const present = (name: string): Queue => {
    const crew = crews.find((each) => each.name === name)
    const setting = named.find((each) => each.name === name)
    return {
      ...(load.find((each) => each.name === name) ?? idle),
      name,
      projectId: scope,
      workers: crew?.workers ?? 0,
      lastSeenAt: crew?.lastSeenAt ?? null,
      deadLetters: dead.find((each) => each.name === name)?.count ?? 0,
      pausedAt: setting?.pausedAt ?? null,
      limit: setting?.most ?? null,
    }
  }
  const items = [...builtInQueues, ...new Set(all.sort())].map(present)
  const whole = settings.find((each) => each.name === anyQueue)
  const running = items.reduce((sum, each) => sum + each.running, 0)
  return {
    items,
    project: scope && { running, limit: whole?.most ?? null, pausedAt: whole?.pausedAt ?? null },
    bells: scope === null ? await bells() : [],
  }
}

const isBuiltIn = (name: string) => (builtInQueues as readonly string[]).includes(name)
