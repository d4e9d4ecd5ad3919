import { type ComponentProps, lazy, Suspense } from 'react'
import { Skeleton } from '../ui/states.tsx'
import type { GraphView } from './graph-view.tsx'

const View = lazy(async () => ({ default: (await import('./graph-view.tsx')).GraphView }))

/** The graph of a workflow. What lays it out is loaded when somebody looks at one. */
export const Graph = (props: ComponentProps<typeof GraphView>) => (
  <Suspense fallback={<Skeleton className="m-4 h-64" />}>
    <View {...props} />
  </Suspense>
)
