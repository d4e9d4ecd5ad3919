import { type Static } from '@sinclair/typebox'
import { OneOf } from './base.ts'

/** The one lifecycle of tasks, runs and steps. */
export const statuses = ['queued', 'in_progress', 'blocked', 'failed', 'done', 'canceled'] as const
export const Status = OneOf(statuses)
export type Status = Static<typeof Status>

export const isFinal = (status: Status) => status === 'failed' || status === 'done' || status === 'canceled'

/** How a finished run ended. */
export const Outcome = OneOf(['success', 'failed', 'timeout', 'cancelled'])
export type Outcome = Static<typeof Outcome>
