import type { Status, WorkflowGraph } from '@orrery/shared-types'
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react'
import { cx } from '../../lib/cx.ts'
import { StatusGlyph, statusWords } from '../ui/status.tsx'
import { layout, nodeSize, type Placed } from './layout.ts'

export type NodeState = { status: Status; note?: string }
type GraphProps = {
  graph: WorkflowGraph
  direction?: 'TB' | 'LR'
  states?: ReadonlyMap<string, NodeState>
  marked?: ReadonlySet<string>
  selected: string | null
  onSelect: (key: string) => void
}

/** The steps and what they need, drawn. The same text or run always gives the same picture. */
export function GraphView({ graph, direction = 'TB', states, marked, selected, onSelect }: GraphProps) {
  const drawn = useMemo(() => layout(graph, direction), [graph, direction])
  return (
    <div className="flex min-h-0 flex-1 overflow-auto p-2">
      <svg
        role="group"
        aria-label={`Graph of ${graph.nodes.length} steps`}
        viewBox={`0 0 ${drawn.width} ${drawn.height}`}
        width={drawn.width}
        height={drawn.height}
        className="mx-auto mb-auto h-auto max-w-full shrink-0"
        style={{ minWidth: drawn.width * leastScale }}
      >
        {drawn.edges.map((edge) => (
          <path
            key={`${edge.from}→${edge.to}`}
            d={edge.path}
            fill="none"
            strokeWidth="1.5"
            className={edge.from === selected || edge.to === selected ? 'stroke-accent' : 'stroke-line-strong'}
          />
        ))}
        {drawn.nodes.map((node) => (
          <Node
            key={node.key}
            node={node}
            state={states?.get(node.key)}
            isMarked={marked?.has(node.key) ?? false}
            isSelected={node.key === selected}
            onSelect={onSelect}
          />
        ))}
      </svg>
    </div>
  )
}

/** Smaller than this the names can’t be read, so the drawing scrolls instead. */
const leastScale = 0.9

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

type NodeProps = { node: Placed; state: NodeState | undefined; isMarked: boolean; isSelected: boolean; onSelect: (key: string) => void }

function Node({ node, state, isMarked, isSelected, onSelect }: NodeProps) {
  const drawn = useRef<SVGGElement>(null)
  // A wide drawing scrolls: what is selected must not lie outside.
  useEffect(() => {
    if (isSelected) drawn.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [isSelected])
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    onSelect(node.key)
  }
  const indent = state ? 34 : 14
  const line = state?.note ?? `${node.uses}${node.foreach ? ' · each' : ''}`
  const said = [`${node.key} ${line}`, state && statusWords[state.status], isMarked && 'has a problem'].filter(Boolean).join(', ')
  return (
    <g
      ref={drawn}
      role="button"
      tabIndex={0}
      aria-label={said}
      aria-pressed={isSelected}
      onClick={() => onSelect(node.key)}
      onKeyDown={press}
      transform={`translate(${node.x} ${node.y})`}
      className="group cursor-pointer outline-none"
    >
      {node.foreach && (
        <rect x="4" y="4" width={nodeSize.width} height={nodeSize.height} rx="6" className="fill-surface stroke-line-strong" />
      )}
      <rect
        width={nodeSize.width}
        height={nodeSize.height}
        rx="6"
        className={cx(
          'fill-surface group-hover:fill-hover group-focus-visible:stroke-accent',
          isMarked ? 'stroke-failed-line' : isSelected ? 'stroke-accent' : 'stroke-line-strong',
        )}
        strokeWidth={isSelected || isMarked ? 2 : 1}
      />
      {state && (
        <g transform="translate(12 16)">
          <StatusGlyph status={state.status} size={14} />
        </g>
      )}
      <text>
        <tspan x={indent} y="20" className="fill-ink text-sm font-medium">
          {cut(node.key, state ? 19 : 22)}
        </tspan>{' '}
        <tspan x={indent} y="36" className="fill-ink-3 font-mono text-xs">
          {cut(line, state ? 19 : 21)}
        </tspan>
      </text>
    </g>
  )
}
