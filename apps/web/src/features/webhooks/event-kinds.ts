import type { CreateWebhook, EventName } from '@orrery/shared-types'

type Group = { title: string; kinds: readonly EventName[] }

// A table rather than the catalogue of shared-types, whose values would bring the schema library along.
export const eventGroups: readonly Group[] = [
  {
    title: 'Runs',
    kinds: [
      'run.created',
      'run.status_changed',
      'execution.completed',
      'step.status_changed',
      'step.dead_lettered',
      'approval.requested',
      'approval.decided',
      'step.logged',
      'artifact.created',
      'artifact.deleted',
    ],
  },
  {
    title: 'Workflows',
    kinds: ['workflow.created', 'workflow.updated', 'workflow.published', 'workflow.paused', 'workflow.resumed', 'workflow.archived'],
  },
  { title: 'Queues', kinds: ['queue.updated'] },
  {
    title: 'Schedules',
    kinds: [
      'schedule.created',
      'schedule.updated',
      'schedule.paused',
      'schedule.resumed',
      'schedule.deleted',
      'schedule.fired',
      'schedule.skipped',
      'schedule.missed',
      'schedule.backfilled',
      'schedule.backfill_stopped',
    ],
  },
  { title: 'Tasks', kinds: ['task.created', 'task.updated', 'task.status_changed', 'task.deleted'] },
  {
    title: 'Project',
    kinds: ['project.created', 'project.updated', 'project.deleted', 'member.added', 'member.updated', 'member.removed'],
  },
  { title: 'Agents', kinds: ['agent.created', 'agent.updated', 'agent.deleted', 'agent.status_changed', 'agent.activity'] },
  { title: 'Memory', kinds: ['memory.stored', 'memory.deleted'] },
]

export type EventChoice = CreateWebhook['eventTypes'][number]
export const everything = '*' satisfies EventChoice

/** "All events", or their names. */
export const eventsText = (types: readonly string[]): string => (types.includes(everything) ? 'All events' : types.join(', '))
