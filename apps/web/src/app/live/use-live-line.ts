import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { paths, timings } from '../../config/config.ts'
import { LiveConnection } from '../../lib/live.ts'
import { coalescingCache, dispatch } from '../../lib/live-events.ts'
import { useLive, useTopics } from '../../lib/live-store.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { freshToken, refresh } from '../../lib/session.ts'
import { liveHandlers } from './live-handlers.ts'

const liveUrl = () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${paths.live}`
const mostTopics = 90

/** Keeps one line to the gateway while somebody is signed in, and turns what it says into fresh caches. */
export function useLiveLine(): void {
  const client = useQueryClient()
  const [line, setLine] = useState<LiveConnection | null>(null)
  useEffect(() => {
    const cache = coalescingCache(client)
    const connection = new LiveConnection({
      url: liveUrl(),
      token: async (renew) => {
        if (renew) await refresh()
        return freshToken()
      },
      onEvents: (events) => {
        for (const event of events) dispatch(event, liveHandlers, cache)
      },
      onPhase: (phase, since) => useLive.setState({ phase, since }),
      onGap: () => void client.invalidateQueries(),
    })
    const poke = () => connection.poke()
    window.addEventListener('online', poke)
    document.addEventListener('visibilitychange', poke)
    connection.start()
    setLine(connection)
    return () => {
      window.removeEventListener('online', poke)
      document.removeEventListener('visibilitychange', poke)
      connection.stop()
    }
  }, [client])
  useProjectTopics()
  usePolling(client)
  const topics = useLive((live) => live.topics)
  useEffect(() => line?.setTopics(topics.keys()), [line, topics])
}

/** A network that lets no socket through still gets pages that move on. */
function usePolling(client: QueryClient): void {
  const isLive = useLive((live) => live.phase === 'live' || live.phase === 'off')
  useEffect(() => {
    if (isLive) return
    const timer = setInterval(() => void client.invalidateQueries({ type: 'active' }), timings.pollMs)
    return () => clearInterval(timer)
  }, [client, isLive])
}

function useProjectTopics(): void {
  const { projects, current } = useProjectScope()
  const shown = current ? [current] : projects.slice(0, mostTopics)
  useTopics(['user', 'agents', ...shown.map((project) => `project:${project.id}`)])
}
