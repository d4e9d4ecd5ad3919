import { queueOf } from './pool.ts'

/** What somebody set for a queue, or for all queues of a project (`*`): everywhere, or within one project. Ids are UUIDs. */
export type QueueBound = { name: string; project_id: string | null; paused: boolean; most: number | null }
/** How many steps workers hold, by pool and project. */
export type Held = { pool: string; project_id: string; held: number }

const anyQueue = '*'
const fits = (bound: QueueBound, pool: string, project: string) =>
  (bound.name === anyQueue || bound.name === queueOf(pool)) && (bound.project_id === null || bound.project_id === project)

/** The bounds in force, read anew each second. A step that is bound is given only by a claim, which counts what is held. */
export class Limits {
  bounds: readonly QueueBound[] = []

  binds(pool: string, project: string): boolean {
    return this.bounds.some((bound) => fits(bound, pool, project))
  }

  /** Whether some project's steps of this pool are bound. */
  touches(pool: string): boolean {
    return this.bounds.some((bound) => bound.name === anyQueue || bound.name === queueOf(pool))
  }

  /** What is left of each bound. Leases are the rows of steps themselves, so that a place is free with the end of its step. */
  left(held: readonly Held[]): Left {
    return new Left(
      this.bounds.map((bound) => {
        const used = held.filter((each) => fits(bound, each.pool, each.project_id)).reduce((sum, each) => sum + each.held, 0)
        return { bound, n: bound.paused ? 0 : bound.most === null ? Number.POSITIVE_INFINITY : Math.max(bound.most - used, 0) }
      }),
    )
  }
}

/** Places that are left, while they are given out. */
export class Left {
  private readonly each: { bound: QueueBound; n: number }[]

  constructor(each: { bound: QueueBound; n: number }[]) {
    this.each = each
  }

  /** How many steps of a pool may be taken, over all projects. */
  ofPool(pool: string): number {
    return Math.min(
      ...this.each.filter(({ bound }) => bound.project_id === null && bound.name === queueOf(pool)).map(({ n }) => n),
      Number.MAX_SAFE_INTEGER,
    )
  }

  /** For each project that has a bound on one of these pools, how many of its steps may be taken. */
  caps(pools: readonly string[]): { pool: string; project: string; n: number }[] {
    const projects = [...new Set(this.each.flatMap(({ bound }) => bound.project_id ?? []))]
    return pools.flatMap((pool) =>
      projects.flatMap((project) => {
        const n = this.of(pool, project)
        return Number.isFinite(n) ? [{ pool, project, n }] : []
      }),
    )
  }

  /** Takes a place for a step; false where there is none. */
  take(pool: string, project: string): boolean {
    if (this.of(pool, project) <= 0) return false
    for (const each of this.each) if (fits(each.bound, pool, project)) each.n -= 1
    return true
  }

  private of(pool: string, project: string): number {
    return Math.min(...this.each.filter(({ bound }) => fits(bound, pool, project)).map(({ n }) => n))
  }
}
