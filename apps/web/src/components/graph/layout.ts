import dagre, { type graphlib } from '@dagrejs/dagre'
import type { WorkflowGraph } from '@orrery/shared-types'

export type Placed = WorkflowGraph['nodes'][number] & { x: number; y: number }
export type Drawn = { nodes: Placed[]; edges: { from: string; to: string; path: string }[]; width: number; height: number }

export const nodeSize = { width: 184, height: 46 }
const margin = 16

/** Places the steps in ranks by what they need. The same graph is always drawn the same way. */
export function layout(graph: WorkflowGraph, direction: 'TB' | 'LR'): Drawn {
  const plan = new dagre.graphlib.Graph()
  plan.setGraph({ rankdir: direction, nodesep: 22, ranksep: direction === 'TB' ? 38 : 52, marginx: margin, marginy: margin })
  plan.setDefaultEdgeLabel(() => ({}))
  for (const node of graph.nodes) plan.setNode(node.key, { ...nodeSize })
  for (const edge of graph.edges) if (plan.hasNode(edge.from) && plan.hasNode(edge.to)) plan.setEdge(edge.from, edge.to)
  dagre.layout(plan)
  const nodes = graph.nodes.map((node) => {
    const { x, y } = plan.node(node.key) as { x: number; y: number }
    return { ...node, x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 }
  })
  const edges = plan.edges().map(({ v, w }) => ({ from: v, to: w, path: curve(route(plan, v, w, direction), direction) }))
  const { width = 0, height = 0 } = plan.graph() as { width?: number; height?: number }
  return { nodes, edges, width: Math.max(width, nodeSize.width), height: Math.max(height, nodeSize.height) }
}

type Point = { x: number; y: number }

/** Out of the middle of one side, into the middle of the other; in between as planned where it passes other ranks. */
function route(plan: graphlib.Graph, from: string, to: string, direction: 'TB' | 'LR'): Point[] {
  const [a, b] = [plan.node(from) as Point, plan.node(to) as Point]
  const planned = plan.edge({ v: from, w: to }).points as Point[]
  const between = planned.length > 3 ? planned.slice(1, -1) : []
  const half = direction === 'TB' ? { x: 0, y: nodeSize.height / 2 } : { x: nodeSize.width / 2, y: 0 }
  return [{ x: a.x + half.x, y: a.y + half.y }, ...between, { x: b.x - half.x, y: b.y - half.y }]
}

/** A smooth line through the points that leaves and arrives along the direction of the drawing. */
function curve(points: Point[], direction: 'TB' | 'LR'): string {
  const [first, ...rest] = points
  if (!first) return ''
  let from = first
  const parts = rest.map((to) => {
    const half = direction === 'TB' ? { x: 0, y: (to.y - from.y) / 2 } : { x: (to.x - from.x) / 2, y: 0 }
    const part = `C${from.x + half.x} ${from.y + half.y} ${to.x - half.x} ${to.y - half.y} ${to.x} ${to.y}`
    from = to
    return part
  })
  return `M${first.x} ${first.y}${parts.join('')}`
}
