import { useQuery } from '@tanstack/react-query'
import { workflowQueries } from '../../features/workflows/workflow.queries.ts'
import { useProjectScope } from '../../lib/project-scope.ts'

/** How many of the three first steps are done; null once something runs, or while that isn't known. */
export function useFirstSteps(nothingRuns: boolean): 0 | 1 | 2 | null {
  const { current, projects, isPending, error } = useProjectScope()
  const published = useQuery(workflowQueries.choices(current?.id))
  if (!nothingRuns || isPending || error) return null
  if (projects.length === 0) return 0
  if (!published.data) return null
  return published.data.length === 0 ? 1 : 2
}
