import type { Queue, QueueList } from '@orrery/shared-types'

// The words of shared-types' queues.ts, without the schema library that its values bring along.
export const anyQueue = '*'
/** How the address calls all queues of a project together. */
const allInAddress = 'all'
const builtIn: readonly string[] = ['default', 'code']

export const isBuiltIn = (name: string) => builtIn.includes(name)
export const nameInAddress = (address: string) => (address === allInAddress ? anyQueue : address)

/** What can be set of a queue, and what can be done with what waits in it. */
export type PanelQueue = Pick<Queue, 'name' | 'projectId' | 'pausedAt' | 'limit' | 'running'> & { whole: Queue | null }

export function findQueue(list: QueueList, name: string, projectId: Queue['projectId']): PanelQueue | null {
  if (name === anyQueue) return list.project && { ...list.project, name, projectId, whole: null }
  const found = list.items.find((queue) => queue.name === name)
  return found ? { ...found, projectId, whole: found } : null
}

/** What somebody may do with a queue. */
export type Rights = { set: boolean; drain: boolean; redrive: boolean }
