import { create } from 'zustand'

/** Runs that came since the list was last fetched. They wait here while somebody reads further down. */
export const useNewRuns = create<{ count: number }>(() => ({ count: 0 }))

export const noteNewRun = () => useNewRuns.setState(({ count }) => ({ count: count + 1 }))
export const clearNewRuns = () => useNewRuns.setState({ count: 0 })
