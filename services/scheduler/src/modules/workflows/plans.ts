import type { SqlPool } from '@orrery/core'
import { AppError, Recent } from '@orrery/core'
import type { DefinitionSource } from '@orrery/shared-types'
import { findPublished, findVersion } from './plan.repository.ts'
import { compileWorkflow, type Plan } from './plan.ts'

export type Published = { workflowId: string; version: number; plan: Plan; paused: boolean }

/** Compiled versions, kept in memory: a published version never changes. Ids are UUIDs. */
export type Plans = {
  get: (workflowId: string, version: number) => Promise<Plan>
  /** The published version of a workflow of a project; undefined where there is none. */
  published: (projectId: string, slug: string) => Promise<Published | undefined>
}

// a plan of fifteen steps takes about 130 kB
const maxKept = 500

export function createPlans(pool: SqlPool): Plans {
  const kept = new Recent<string, Promise<Plan>>(maxKept)

  const compile = (source: DefinitionSource | undefined, name: string): Plan => {
    const unreadable = (why: string) => new AppError('conflict', 'workflow_invalid', `${name} can't be run: ${why}`)
    if (source === undefined) throw unreadable('it is not there')
    const { plan, errors } = compileWorkflow(source, { published: true })
    if (!plan) throw unreadable(errors[0]?.message ?? 'it is not valid')
    return plan
  }
  const get = (workflowId: string, version: number): Promise<Plan> => {
    const key = `${workflowId}/${version}`
    const known = kept.get(key)
    if (known) return known
    const loading = findVersion(pool, workflowId, version).then((source) => compile(source, `Version ${version} of the workflow`))
    kept.set(key, loading)
    loading.catch(() => kept.delete(key))
    return loading
  }
  return {
    get,
    async published(projectId, slug) {
      const found = await findPublished(pool, projectId, slug)
      return found && { ...found, plan: await get(found.workflowId, found.version) }
    },
  }
}
