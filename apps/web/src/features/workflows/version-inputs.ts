import type { DefinitionSource } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useListing } from '../../lib/pages.ts'
import { inputSpecs } from './input-specs.ts'
import { validateWorkflow, workflowQueries } from './workflow.queries.ts'

export const textOf = (definition: DefinitionSource): string =>
  typeof definition === 'string' ? definition : JSON.stringify(definition, null, 2)

/** The inputs of a version; without one, of that which a run would use: the published one, not the one being written. */
export function useInputs(workflowId: string, version?: number) {
  const workflow = useQuery(workflowQueries.detail(workflowId))
  const versions = useListing(workflowQueries.versions(workflowId))
  const published = version ?? workflow.data?.publishedVersion ?? null
  const definition =
    published !== null && workflow.data?.latestVersion === published
      ? workflow.data.definition
      : versions.rows.find((row) => row.version === published)?.definition
  const text = definition === undefined ? null : textOf(definition)
  const verdict = useQuery({
    queryKey: ['workflow-verdict', text],
    queryFn: ({ signal }) => validateWorkflow(text ?? '', signal),
    enabled: text !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const specs = useMemo(() => (verdict.data ? inputSpecs(verdict.data.inputs) : null), [verdict.data])
  return { specs, error: workflow.error ?? versions.error ?? verdict.error, published }
}
