import type { Workflow, WorkflowVersion } from '@orrery/shared-types'

/** Two versions side by side. */
export type Pair = { from: number; to: number }

const known = (versions: readonly WorkflowVersion[], text: string | null) =>
  versions.find((each) => String(each.version) === text)?.version ?? null

/** What a version is compared with when nobody says: what runs now, or for that one itself the one before it. */
export function comparedWith({ publishedVersion }: Pick<Workflow, 'publishedVersion'>, version: number): number {
  if (publishedVersion !== null && publishedVersion !== version) return publishedVersion
  return Math.max(1, version - 1)
}

/** The pair that the address names; without one, the latest version against its own. */
export function pairOf(workflow: Workflow, versions: readonly WorkflowVersion[], search: URLSearchParams): Pair {
  const to = known(versions, search.get('to')) ?? workflow.latestVersion
  return { from: known(versions, search.get('from')) ?? comparedWith(workflow, to), to }
}
