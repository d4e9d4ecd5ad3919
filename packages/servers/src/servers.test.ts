import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startChroma, startPostgres, startRedis, startServers } from './index.ts'
import { eventually, holdServers, makeDataDir, processesNaming, query, redis, silent } from './test/support.ts'

const start = (dataDir: string) => startServers({ dataDir, durable: false, log: silent })

it('keeps what was stored over a stop, and leaves no process behind', async () => {
  await using dir = await makeDataDir()
  const first = await start(dir.path)
  await query(first.databaseUrl, 'create table kept as select 42 as answer')
  await redis(first.redisUrl, (client) => client.set('kept', '42'))
  await first.stop()
  expect(await processesNaming(dir.path)).toEqual([])

  const second = await start(dir.path)
  expect(await query(second.databaseUrl, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(await redis(second.redisUrl, (client) => client.get('kept'))).toBe('42')
  expect((await fetch(`${second.chromaUrl}/api/v2/heartbeat`)).status).toBe(200)
  await second.stop()
})

it('asks for a password, and keeps it where its owner alone can read it', async () => {
  await using dir = await makeDataDir()
  const servers = await start(dir.path)
  const withoutPassword = (url: string) => url.replace(/:[^:@/]+@/, ':wrong@')
  await expect(query(withoutPassword(servers.databaseUrl), 'select 1')).rejects.toThrow('password authentication failed')
  await expect(redis(withoutPassword(servers.redisUrl), (client) => client.ping())).rejects.toThrow()
  const modes = ['postgres.secret', 'redis.secret', 'redis/redis.conf'].map((name) => stat(join(dir.path, name)))
  expect((await Promise.all(modes)).map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600, 0o600])
  expect(await query(servers.databaseUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  await servers.stop()
})

it('ends every server after a kill -9 of the process that started them, and recovers the data', async () => {
  await using dir = await makeDataDir()
  const holder = await holdServers(dir.path)
  await query(holder.urls.databaseUrl, 'create table kept as select 42 as answer')
  holder.process.kill('SIGKILL')
  await once(holder.process, 'exit')

  // At once, while the old servers are still on their way out.
  const servers = await start(dir.path)
  expect(await query(servers.databaseUrl, 'select answer from kept')).toEqual([{ answer: 42 }])
  await servers.stop()
  await eventually(
    () => processesNaming(dir.path),
    (lines) => lines.length === 0,
  )
})

it('leaves nothing running after a kill -9 even if nobody starts again', async () => {
  await using dir = await makeDataDir()
  const holder = await holdServers(dir.path)
  expect((await processesNaming(dir.path)).length).toBeGreaterThanOrEqual(3)
  holder.process.kill('SIGKILL')
  await eventually(
    () => processesNaming(dir.path),
    (lines) => lines.length === 0,
  )
})

it('tells a second copy on the same folder who has it', async () => {
  await using dir = await makeDataDir()
  const holder = await holdServers(dir.path)
  await expect(start(dir.path)).rejects.toThrow(
    `another Orrery (process ${holder.process.pid}) uses ${dir.path}; stop it, or set ORRERY_DATA_DIR`,
  )
  holder.process.kill('SIGTERM')
  await once(holder.process, 'exit')
})

it('starts a killed PostgreSQL again, at the same address and with its data', async () => {
  await using dir = await makeDataDir()
  const holder = await holdServers(dir.path)
  await query(holder.urls.databaseUrl, 'create table kept as select 42 as answer')
  process.kill(Number((await readFile(join(dir.path, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]), 'SIGKILL')
  expect(await eventually(() => query(holder.urls.databaseUrl, 'select answer from kept'))).toEqual([{ answer: 42 }])
  holder.process.kill('SIGTERM')
  await once(holder.process, 'exit')
})

it('starts a killed Redis and a killed ChromaDB again, at the same address', async () => {
  await using dir = await makeDataDir()
  const [cache, vectors] = await Promise.all([
    startRedis({ dataDir: dir.path, log: silent }),
    startChroma({ dataDir: dir.path, log: silent }),
  ])
  for (const server of [cache, vectors]) {
    const killed = server.pid() ?? 0
    process.kill(killed, 'SIGKILL')
    await eventually(
      async () => server.pid(),
      (pid) => pid !== undefined && pid !== killed,
    )
  }
  expect(await eventually(() => redis(cache.url, (client) => client.ping()))).toBe('PONG')
  expect((await eventually(() => fetch(`${vectors.url}/api/v2/heartbeat`))).status).toBe(200)
  await Promise.all([cache.stop(), vectors.stop()])
  expect(await processesNaming(dir.path)).toEqual([])
})

it('starts PostgreSQL beside a stale pid file whose number is a living stranger', async () => {
  await using dir = await makeDataDir()
  const options = { dataDir: dir.path, durable: false, log: silent }
  await (await startPostgres(options)).stop()
  await writeFile(join(dir.path, 'postgres/postmaster.pid'), `${process.pid}\n${dir.path}/postgres\n`)
  const server = await startPostgres(options)
  expect(await query(server.url, 'select current_database() as name')).toEqual([{ name: 'orrery' }])
  await server.stop()
})

it('runs Redis append-only and without eviction', async () => {
  await using dir = await makeDataDir()
  const server = await startRedis({ dataDir: dir.path, log: silent })
  const config = await redis(server.url, (client) => client.config('GET', 'maxmemory-policy', 'appendonly', 'appendfsync'))
  expect(config).toEqual(expect.arrayContaining(['maxmemory-policy', 'noeviction', 'appendonly', 'yes', 'appendfsync', 'everysec']))
  await server.stop()
})

it('flushes every commit unless told that durability does not matter', async () => {
  await using dir = await makeDataDir()
  const server = await startPostgres({ dataDir: dir.path, log: silent })
  const asked = `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`
  expect(await query(server.url, asked)).toEqual([{ fsync: 'on', commit: 'on' }])
  await server.stop()
})
