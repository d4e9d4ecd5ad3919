import type { Id, Project } from '@orrery/shared-types'
import { createContext, useContext } from 'react'
import { roleAtLeast } from './roles.ts'

export type ProjectScope = {
  projects: Project[]
  isPending: boolean
  error: Error | null
  retry: () => void
  /** The project that lists are narrowed to; null shows all. */
  current: Project | null
  choose: (id: Id<'project'> | null) => void
}

export const ProjectScopeContext = createContext<ProjectScope>({
  projects: [],
  isPending: false,
  error: null,
  retry: () => {},
  current: null,
  choose: () => {},
})

export const useProjectScope = () => useContext(ProjectScopeContext)

export function useProjectName(): (id: string) => string {
  const { projects } = useProjectScope()
  return (id) => projects.find((project) => project.id === id)?.name ?? 'Unknown project'
}

/** Whether to offer what only an operator may do. Where the role isn't known it is offered, and the server decides. */
export function useCanOperate(projectId: string): boolean {
  const { projects } = useProjectScope()
  const role = projects.find((project) => project.id === projectId)?.role
  return role === undefined || roleAtLeast(role, 'operator')
}
