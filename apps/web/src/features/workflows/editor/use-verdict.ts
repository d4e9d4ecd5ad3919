import type { DefinitionError, WorkflowGraph } from '@orrery/shared-types'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { timings } from '../../../config/config.ts'
import { validateWorkflow } from '../workflow.queries.ts'

export type Check = {
  errors: DefinitionError[]
  graph: WorkflowGraph | null
  /** True while the graph is of an earlier text, since the present one can't be read. */
  graphIsOld: boolean
  phase: 'checking' | 'valid' | 'invalid' | 'unknown'
  failure: Error | null
  retry: () => void
}

/** The server's word on the text, a moment after the last key was pressed. */
export function useVerdict(text: string): Check {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), timings.validateMs)
    return () => clearTimeout(timer)
  }, [text])
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: ['workflow-verdict', settled],
    queryFn: ({ signal }) => validateWorkflow(settled, signal),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: 1,
  })
  const lastGraph = useRef<WorkflowGraph | null>(null)
  if (data?.graph) lastGraph.current = data.graph
  const isCurrent = settled === text && !isPlaceholderData
  return {
    errors: data?.errors ?? [],
    graph: data?.graph ?? lastGraph.current,
    graphIsOld: data !== undefined && data.graph === null && lastGraph.current !== null,
    phase: error && !isPlaceholderData ? 'unknown' : !data || !isCurrent ? 'checking' : data.valid ? 'valid' : 'invalid',
    failure: error,
    retry: () => void refetch(),
  }
}
