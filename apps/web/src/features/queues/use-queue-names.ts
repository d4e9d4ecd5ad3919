import type { Queue } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { queueQueries } from './queue.queries.ts'
import { isBuiltIn } from './queue-names.ts'

const none: readonly string[] = []
const ownNames = ({ items }: { items: readonly Queue[] }) => items.map((queue) => queue.name).filter((name) => !isBuiltIn(name))

/** The project's own queues that were seen, for who names one. Without an answer there are none to offer. */
export function useQueueNames(projectId: string): readonly string[] {
  const { data } = useQuery({ ...queueQueries.list(projectId), select: ownNames, refetchInterval: false, enabled: projectId !== '' })
  return data ?? none
}
