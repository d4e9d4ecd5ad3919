import { create } from 'zustand'
import { messageOf } from '../../lib/api-error.ts'

type Undo = { label: string; onClick: () => void }
export type Notice = { title: string; detail?: string; undo?: Undo }

/** What was said and is not on the page yet. */
export const useNotices = create<{ waiting: readonly Notice[] }>(() => ({ waiting: [] }))

const say = (notice: Notice) => useNotices.setState(({ waiting }) => ({ waiting: [...waiting, notice] }))

export function takeNotices(): readonly Notice[] {
  const { waiting } = useNotices.getState()
  useNotices.setState({ waiting: [] })
  return waiting
}

/** Says that something was done, with the way back where there is one. */
export const announce = (title: string, undo?: Undo): void => say({ title, ...(undo && { undo }) })

export const announceFailure = (what: string, error: unknown): void => say({ title: what, detail: messageOf(error) })
