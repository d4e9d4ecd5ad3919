import type { Id, Status, StepError } from '@orrery/shared-types'
import type { Json, Plan, PlanNode, Scope } from '../workflows/index.ts'
import { type NodeState, ordinalOf, type Progress, stateOf } from './progress.ts'

type Reader = { steps: ReadonlySet<string>; reads: ReadonlySet<string> }
/** What has to be loaded: whole steps of the plan by index, and whether the run's input. */
export type Missing = { nodes: number[]; input: boolean }

/** How far a step is, in the words of the API. One that failed has failed, whether or not the run goes on. */
const words: Record<NodeState, Status | 'skipped'> = {
  waiting: 'queued',
  active: 'in_progress',
  done: 'done',
  failed: 'failed',
  carried: 'failed',
  skipped: 'skipped',
  canceled: 'canceled',
}

/** What expressions of one run see: outputs and errors of steps, of this transaction or loaded, and the run's input. */
export class Values {
  readonly outputs = new Map<number, Json>()
  readonly errors = new Map<number, StepError | null>()
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
        if (!keys.has(node.key)) continue
        const error = said(this.errors.get(ordinalOf(node.index)))
        steps[node.key] = { output: this.outputOf(node), status: words[stateOf(this.progress, node.index)], error }
      }
    }
    const { id, projectId, workflowVersion } = this.run
    return { steps, inputs: this.input ?? {}, run: { id, workflowVersion, error: this.runError() }, project: { id: projectId } }
  }

  /** What the run fails with: that its time is up, or the first error that nobody allowed. */
  private runError(): Json {
    const { ending } = this.progress
    const error = ending ? ending.error : this.progress.error
    return error && { code: error.code, message: error.message, stepKey: error.stepKey }
  }

  private outputOf(node: PlanNode): Json {
    const fan = this.progress.fans[node.index]
    // a list with nothing in it has no items to look at
    if (!fan && node.foreach) return stateOf(this.progress, node.index) === 'done' ? [] : null
    if (!fan) return this.outputs.get(ordinalOf(node.index)) ?? null
    return Array.from({ length: fan.total }, (_, item) => this.outputs.get(fan.base + item) ?? null)
  }
}

const said = (error: StepError | null | undefined): Json => (error ? { code: error.code, message: error.message } : null)
