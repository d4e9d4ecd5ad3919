import type { Id, Project, ProjectRole } from '@orrery/shared-types'
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

/** Whether to offer what needs a role. Where one's own isn't known it is offered, and the server decides. */
function useMay(projectId: string, least: ProjectRole): boolean {
  const { projects } = useProjectScope()
  const role = projects.find((project) => project.id === projectId)?.role
  return role === undefined || roleAtLeast(role, least)
}

export const useCanOperate = (projectId: string): boolean => useMay(projectId, 'operator')
export const useCanManage = (projectId: string): boolean => useMay(projectId, 'manager')
