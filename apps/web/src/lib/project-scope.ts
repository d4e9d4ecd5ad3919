import type { Id, Project } from '@orrery/shared-types'
import { createContext, useContext } from 'react'

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
