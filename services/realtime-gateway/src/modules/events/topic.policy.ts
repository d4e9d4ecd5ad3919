import { type EventName, events } from '@orrery/shared-types'
import type { Stamped } from './event.repository.ts'

/** A place to listen at: `project:<id>`, `project:<id>/<module>`, `run:<id>`, `agents`, `system`, `user`. */
export type Topic =
  | { kind: 'project'; projectId: string; module: string | null }
  | { kind: 'run'; runId: string; projectId: string | null }
  | { kind: 'agents' }
  | { kind: 'system' }
  | { kind: 'user' }

export type Listener = { userId: string; admin: boolean; projects: ReadonlySet<string> }

const idPattern = '[0-7][0-9a-hjkmnp-tv-z]{25}'
const projectTopic = new RegExp(`^project:(prj_${idPattern})(?:/([a-z]+))?$`)
const runTopic = new RegExp(`^run:(run_${idPattern})$`)

export function readTopic(text: string): Topic | undefined {
  if (text === 'agents' || text === 'system' || text === 'user') return { kind: text }
  const project = projectTopic.exec(text)
  if (project?.[1]) return { kind: 'project', projectId: project[1], module: project[2] ?? null }
  const run = runTopic.exec(text)
  return run?.[1] ? { kind: 'run', runId: run[1], projectId: null } : undefined
}

const moduleOf = (event: Stamped): string => events[event.type as EventName]?.module ?? 'unknown'

/** Whether an event belongs to a topic that this listener may hear. */
export function belongs(event: Stamped, topic: Topic, listener: Listener): boolean {
  switch (topic.kind) {
    case 'project':
      return (
        (event.project_id === topic.projectId || event.audience.includes(topic.projectId)) &&
        (topic.module === null || topic.module === moduleOf(event))
      )
    case 'run':
      return event.entity_id === topic.runId || event.lineage_ref === topic.runId
    case 'agents':
      return (
        moduleOf(event) === 'agents' &&
        (listener.admin || event.audience.some((each) => each === listener.userId || listener.projects.has(each)))
      )
    case 'user':
      return event.audience.includes(listener.userId)
    case 'system':
      return event.project_id === null && listener.admin
  }
}
