import type { Status } from '@orrery/shared-types'

/** Where a person or an agent may move a task by hand. What has ended can be taken up again. */
const next: Record<Status, readonly Status[]> = {
  queued: ['in_progress', 'blocked', 'done', 'canceled'],
  in_progress: ['queued', 'blocked', 'failed', 'done', 'canceled'],
  blocked: ['queued', 'in_progress', 'failed', 'canceled'],
  failed: ['queued', 'in_progress', 'canceled'],
  done: ['queued', 'in_progress'],
  canceled: ['queued'],
}

export const canMove = (from: Status, to: Status): boolean => next[from].includes(to)
export const nextOf = (from: Status): readonly Status[] => next[from]
