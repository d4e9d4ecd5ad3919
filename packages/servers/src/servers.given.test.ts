import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { startPostgres, startRedis, startServers } from './index.ts'
import { makeDataDir, processesNaming, silent } from './test/support.ts'

it.each([
  ['DATABASE_URL', { databaseUrl: 'postgres://nobody@127.0.0.1:1/none' }],
  ['REDIS_URL', { redisUrl: 'redis://127.0.0.1:1' }],
  ['CHROMA_URL', { chromaUrl: 'http://127.0.0.1:1' }],
])('names %s when nothing answers there, and stops what it had started', async (variable, urls) => {
  await using dir = await makeDataDir()
  await expect(startServers({ dataDir: dir.path, durable: false, log: silent, ...urls })).rejects.toThrow(new RegExp(`^${variable}: `))
  expect(await processesNaming(dir.path)).toEqual([])
})

it('uses the servers whose URLs are given, and does not stop them', async () => {
  await using dir = await makeDataDir()
  await using other = await makeDataDir()
  const [postgres, redis] = await Promise.all([
    startPostgres({ dataDir: other.path, durable: false, log: silent }),
    startRedis({ dataDir: other.path, log: silent }),
  ])
  const given = { databaseUrl: postgres.url, redisUrl: redis.url }
  const servers = await startServers({ dataDir: dir.path, log: silent, ...given })
  expect(servers).toMatchObject(given)
  await servers.stop()
  const again = await startServers({ dataDir: dir.path, log: silent, ...given })
  await again.stop()
  await Promise.all([postgres.stop(), redis.stop()])
})

it('warns of a Redis that may evict or forget queued work', async () => {
  await using dir = await makeDataDir()
  await using other = await makeDataDir()
  const redis = await startRedis({ dataDir: other.path, log: silent })
  const client = new Redis(redis.url)
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
  await client.config('SET', 'appendonly', 'no')
  client.disconnect()
  const warnings: string[] = []
  const log = (message: string) => void warnings.push(message)
  await (await startServers({ dataDir: dir.path, redisUrl: redis.url, durable: false, log })).stop()
  expect(warnings).toEqual([expect.stringContaining('maxmemory-policy is allkeys-lru'), expect.stringContaining('append-only file is off')])
  await redis.stop()
})

it('says how to get a Redis when there is none and none can be installed', async () => {
  const url = new URL('./redis-binary.ts', import.meta.url).href
  const script = `import { redisProgram } from '${url}'; await redisProgram(console.log).catch((error) => console.error(error.message))`
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env: { PATH: '/nowhere' } })
  expect(stderr).toMatch(/no redis-server on the PATH.*set REDIS_URL/)
})
