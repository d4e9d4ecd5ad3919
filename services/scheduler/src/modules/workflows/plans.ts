import type { SqlPool } from '@orrery/core'
import { AppError, Recent } from '@orrery/core'
import type { DefinitionSource } from '@orrery/shared-types'
import { outlineWorkflow } from './outline.ts'
import { findPublished, findVersion } from './plan.repository.ts'
import { compileWorkflow, type Plan } from './plan.ts'

export type Published = { workflowId: string; version: number; plan: Plan; paused: boolean }

/** Compiled versions, kept in memory: a published version never changes. Ids are UUIDs. */
export type Plans = {
  get: (workflowId: string, version: number) => Promise<Plan>
  /** For whoever looks at a run or ends it: of a version that can't be run its outline with `atLeast` steps, and why it can't. */
  look: (workflowId: string, version: number, atLeast?: number) => Promise<{ plan: Plan; unreadable: string | null }>
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
    const [first] = errors
    if (!plan)
      throw unreadable(first === undefined ? 'it is not valid' : first.path === '' ? first.message : `${first.message} (${first.path})`)
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
    async look(workflowId, version, atLeast) {
      try {
        return { plan: await get(workflowId, version), unreadable: null }
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return { plan: outlineWorkflow(await findVersion(pool, workflowId, version), atLeast), unreadable: error.message }
      }
    },
    async published(projectId, slug) {
      const found = await findPublished(pool, projectId, slug)
      return found && { ...found, plan: await get(found.workflowId, found.version) }
    },
  }
}
