import type { Id } from '@orrery/shared-types'
import { useEffect, useRef } from 'react'
import { useSearchParams } from 'react-router'
import { useProjectScope } from './project-scope.ts'

/**
 * The one project that a page is about, where it can't be about all: that of the address, which makes a link mean the
 * same to everybody, else the chosen one, else the only one there is. Choosing another overrules the address.
 */
export function useAddressProject({ orOnly = true }: { orOnly?: boolean } = {}): Id<'project'> | null {
  const { current, projects, isPending } = useProjectScope()
  const [search, setSearch] = useSearchParams()
  const given = asProjectId(search.get('projectId'))
  const chosen = current?.id ?? null
  const before = useRef<typeof chosen | undefined>(undefined)
  useEffect(() => {
    // while the projects are on their way nobody has chosen any
    if (isPending || before.current === chosen) return
    const isFirst = before.current === undefined
    before.current = chosen
    if (isFirst) return
    setSearch((search) => new URLSearchParams(withSearch(search, { projectId: null })), { replace: true })
  }, [chosen, isPending, setSearch])
  const only = orOnly && projects.length === 1 ? projects[0]?.id : undefined
  return given ?? chosen ?? only ?? null
}

/** The server decides whether there is such a project. */
const asProjectId = (text: string | null) => (text?.startsWith('prj_') ? (text as Id<'project'>) : null)

/** The same place with some parameters set or, by null, left out. */
export function withSearch(search: URLSearchParams, change: Record<string, string | null>): string {
  const next = new URLSearchParams(search)
  for (const [name, value] of Object.entries(change)) {
    if (value === null) next.delete(name)
    else next.set(name, value)
  }
  return next.size === 0 ? '' : `?${next}`
}
