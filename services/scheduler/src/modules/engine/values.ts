import type { Id } from '@orrery/shared-types'
import type { Json, Plan, PlanNode, Scope } from '../workflows/index.ts'
import { ordinalOf, type Progress, stateOf } from './progress.ts'

type Reader = { steps: ReadonlySet<string>; reads: ReadonlySet<string> }
/** What has to be loaded: whole steps of the plan by index, and whether the run's input. */
export type Missing = { nodes: number[]; input: boolean }

/** What expressions of one run see: outputs of steps, of this transaction or loaded, and the run's input. */
export class Values {
  readonly outputs = new Map<number, Json>()
  readonly loaded = new Set<number>()
  input: Json | undefined
  private readonly plan: Plan
  private readonly progress: Progress
  private readonly run: { id: Id<'run'>; projectId: Id<'project'>; workflowVersion: number }

  constructor(plan: Plan, progress: Progress, run: Values['run']) {
    this.plan = plan
    this.progress = progress
    this.run = run
  }

  /** What these readers name that isn't here yet. */
  missing(readers: (Reader | null)[]): Missing {
    const keys = new Set<string>()
    let input = false
    for (const reader of readers) {
      if (!reader) continue
      for (const key of reader.steps) keys.add(key)
      if (this.input === undefined && reader.reads.has('inputs')) input = true
    }
    const nodes =
      keys.size === 0 ? [] : this.plan.nodes.filter((node) => keys.has(node.key) && !this.loaded.has(node.index)).map((node) => node.index)
    return { nodes, input }
  }

  /** The results of the steps that are named, the input, the run and its project. */
  scope(keys: ReadonlySet<string>): Scope {
    const steps: Record<string, Json> = {}
    if (keys.size > 0) {
      for (const node of this.plan.nodes) {
        if (keys.has(node.key)) steps[node.key] = { output: this.outputOf(node), status: stateOf(this.progress, node.index) }
      }
    }
    const { id, projectId, workflowVersion } = this.run
    return { steps, inputs: this.input ?? {}, run: { id, workflowVersion }, project: { id: projectId } }
  }

  private outputOf(node: PlanNode): Json {
    const fan = this.progress.fans[node.index]
    if (!fan) return this.outputs.get(ordinalOf(node.index)) ?? null
    return Array.from({ length: fan.total }, (_, item) => this.outputs.get(fan.base + item) ?? null)
  }
}
