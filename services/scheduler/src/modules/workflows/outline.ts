import type { DefinitionSource } from '@orrery/shared-types'
import { parseDefinition } from './definition.ts'
import { findCycle } from './graph.ts'
import type { Block, Plan, PlanNode } from './plan.ts'
import { compileTemplate } from './template.ts'

const blocks: [string, Block][] = [
  ['steps', 'main'],
  ['on-failure', 'onFailure'],
  ['finally', 'finally'],
]
const nothing = compileTemplate({}, () => undefined)

/**
 * What can be told of a definition that can't be run, as one that a later release has published: which steps it has and
 * what they need, and nothing of what they do. Good for looking at a run and for ending it. It has `atLeast` steps.
 */
export function outlineWorkflow(source: DefinitionSource | undefined, atLeast = 0): Plan {
  const given = membersOf(parseDefinition(source))
  const entries = blocks.flatMap(([name, block]) =>
    Object.entries(membersOf(given[name])).map(([key, def]) => ({ key, block, def: membersOf(def) })),
  )
  while (entries.length < atLeast) entries.push({ key: `step-${entries.length + 1}`, block: 'main', def: {} })
  const indexOf = new Map(entries.map(({ key }, index) => [key, index]))
  const nodes = entries.map(({ key, block, def }, index): PlanNode => {
    const needs = [def['needs'] ?? []].flat().flatMap((need) => indexOf.get(String(need)) ?? [])
    const uses = typeof def['uses'] === 'string' ? def['uses'] : ''
    const foreach = def['foreach'] === undefined ? null : nothing
    return { index, key, uses, block, needs, foreach, ...without }
  })
  // whoever draws it or walks through it needs one without rings
  const drawn = findCycle(nodes.map((node) => node.needs)) ? [] : nodes
  const edges = drawn.flatMap((node) => node.needs.map((from) => ({ from: nodes[from]?.key ?? '', to: node.key })))
  const graph = { nodes: nodes.map(({ key, uses, foreach }) => ({ key, uses, foreach: foreach !== null })), edges }
  return { nodes, inputs: {}, outputs: null, timeoutMs: null, concurrency: null, priority: 0, graph }
}

const without = {
  pool: null,
  dependents: [],
  condition: null,
  window: 1,
  with: nothing,
  retry: null,
  timeoutMs: 0,
  continueOnError: false,
  unsafe: false,
}

const membersOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
