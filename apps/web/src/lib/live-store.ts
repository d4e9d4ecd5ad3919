import { useEffect } from 'react'
import { create } from 'zustand'
import type { LivePhase } from './live.ts'

type LiveStore = { phase: LivePhase; since: number; topics: ReadonlyMap<string, number> }
export const useLive = create<LiveStore>(() => ({ phase: 'off', since: Date.now(), topics: new Map() }))

const count = (topics: readonly string[], by: 1 | -1) =>
  useLive.setState((state) => {
    const next = new Map(state.topics)
    for (const topic of topics) {
      const users = (next.get(topic) ?? 0) + by
      if (users > 0) next.set(topic, users)
      else next.delete(topic)
    }
    return { topics: next }
  })

/** Keeps topics subscribed while the component is on the page. */
export function useTopics(topics: readonly string[]): void {
  const list = topics.join(' ')
  useEffect(() => {
    const wanted = list.split(' ').filter(Boolean)
    count(wanted, 1)
    return () => count(wanted, -1)
  }, [list])
}
