import { QueryClient } from '@tanstack/react-query'
import { coalescingCache } from './live-events.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

it('asks once for many events, and once more for those that came meanwhile', async () => {
  const client = new QueryClient()
  const asked: string[] = []
  client.invalidateQueries = async ({ queryKey = [] } = {}) => {
    asked.push(String(queryKey[0]))
    await pause(30)
  }
  const cache = coalescingCache(client, { windowMs: 5, coolDownMs: 10 })
  for (let n = 0; n < 50; n += 1) cache.touch(['runs'])
  cache.touch(['agents'])
  await pause(15)
  expect(asked).toEqual(['runs', 'agents'])
  cache.touch(['runs'])
  await pause(12)
  expect(asked).toHaveLength(2)
  await pause(60)
  expect(asked).toEqual(['runs', 'agents', 'runs'])
})
