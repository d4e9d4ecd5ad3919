import type { Id } from '@orrery/shared-types'
import { useAddressProject } from '../../lib/address-project.ts'
import { useSession } from '../../lib/session.ts'

/** Whose queues are shown: a project's or, to administrators who chose none, the installation's. */
export type QueueScope = { projectId: Id<'project'> | null; isKnown: boolean }

export function useQueueScope(): QueueScope {
  const isAdmin = useSession((session) => session.user?.role === 'admin')
  const projectId = useAddressProject({ orOnly: !isAdmin })
  return { projectId, isKnown: isAdmin || projectId !== null }
}
