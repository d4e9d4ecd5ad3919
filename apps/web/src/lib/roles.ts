import type { ProjectRole } from '@orrery/shared-types'

// A table rather than the list of shared-types, whose values would bring the schema library into the first load.
const rank: Record<ProjectRole, number> = { viewer: 0, operator: 1, manager: 2, owner: 3 }

export const roleAtLeast = (role: ProjectRole, least: ProjectRole) => rank[role] >= rank[least]
