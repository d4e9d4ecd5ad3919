import type { Id } from '@orrery/shared-types'
import { useCallback, useState } from 'react'

const name = 'orrery.project'
type Chosen = Id<'project'> | null

function read(): Chosen {
  try {
    const id = localStorage.getItem(name)
    return id?.startsWith('prj_') ? (id as Id<'project'>) : null
  } catch {
    return null
  }
}

export function useChosenProject(): [Chosen, (id: Chosen) => void] {
  const [chosen, setChosen] = useState(read)
  const choose = useCallback((id: Chosen) => {
    setChosen(id)
    try {
      if (id) localStorage.setItem(name, id)
      else localStorage.removeItem(name)
    } catch {
      // The choice then lasts for this page.
    }
  }, [])
  return [chosen, choose]
}
