import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { startChroma, startPostgres, startRedis } from '@orrery/servers'
import { makePlace, type Place, processesNaming, run, untilNoneNames, untilReady } from './test/processes.ts'

const account = { email: 'ada@example.test', username: 'ada', password: 'a long passphrase for tests' }
const { username: _, ...credentials } = account
const post = (origin: string, path: string, body: unknown) =>
  fetch(`${origin}/api/v1${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

async function isHealthy({ origin }: Place): Promise<boolean> {
  const health = (await (await fetch(`${origin}/health`)).json()) as { status: string }
  return health.status === 'healthy'
}

it('says that it is ready as its last line, stops on SIGTERM with nothing left behind, and keeps its data', async () => {
  await using place = await makePlace()
  const first = run('main', place.env)
  await untilReady(first)
  expect(first.output().trim().split('\n').at(-1)).toBe(`Orrery is ready at http://localhost:${place.env['ORRERY_PORT']}`)
  expect(await isHealthy(place)).toBe(true)
  expect((await post(place.origin, '/auth/register', account)).status).toBe(201)
  first.process.kill('SIGTERM')
  expect(await first.exit).toBe(0)
  expect(await processesNaming(place.dataDir)).toEqual([])
  const lines = (await readFile(join(place.dataDir, 'logs/orrery.log'), 'utf8')).trim().split('\n')
  expect(lines.length).toBeGreaterThan(1)
  // each line is one service's
  expect(lines.filter((line) => line.split('"service":').length !== 2)).toEqual([])

  const second = run('main', place.env)
  await untilReady(second)
  expect((await post(place.origin, '/auth/login', credentials)).status).toBe(200)
  second.process.kill('SIGINT')
  expect(await second.exit).toBe(0)
}, 60_000)

it('leaves nothing behind after a kill -9, and starts again with what was accepted', async () => {
  await using place = await makePlace()
  const first = run('main', place.env)
  await untilReady(first)
  expect((await post(place.origin, '/auth/register', account)).status).toBe(201)
  first.process.kill('SIGKILL')
  await first.exit
  await untilNoneNames(place.dataDir)

  const second = run('main', place.env)
  await untilReady(second)
  expect((await post(place.origin, '/auth/login', credentials)).status).toBe(200)
  second.process.kill('SIGTERM')
  await second.exit
}, 60_000)

it('names the variable when its port is taken, and starts nothing', async () => {
  await using place = await makePlace()
  const squatter = createServer().listen(Number(place.env['ORRERY_PORT']), '127.0.0.1')
  await once(squatter, 'listening')
  const refused = run('main', place.env)
  expect(await refused.exit).toBe(1)
  expect(refused.output()).toBe(
    `orrery: port ${place.env['ORRERY_PORT']} on 127.0.0.1 is taken; stop what listens there, or set ORRERY_PORT to another port\n`,
  )
  squatter.close()
})

it('tells a second copy on the same data folder in one line', async () => {
  await using place = await makePlace()
  await using other = await makePlace()
  const first = run('main', place.env)
  await untilReady(first)
  const refused = run('main', { ...other.env, ORRERY_DATA_DIR: place.dataDir })
  expect(await refused.exit).toBe(1)
  expect(refused.output().trim().split('\n').at(-1)).toBe(
    `orrery: another Orrery (process ${first.process.pid}) uses ${place.dataDir}; stop it, or set ORRERY_DATA_DIR to another folder`,
  )
  expect(await isHealthy(place)).toBe(true)
  first.process.kill('SIGTERM')
  await first.exit
}, 60_000)

it('uses the servers whose URLs are given, and starts and stops none of its own', async () => {
  await using place = await makePlace()
  await using other = await makePlace()
  const theirs = { dataDir: other.dataDir, log: () => undefined }
  const [postgres, redis, chroma] = await Promise.all([startPostgres(theirs), startRedis(theirs), startChroma(theirs)])
  const started = run('main', { ...place.env, DATABASE_URL: postgres.url, REDIS_URL: redis.url, CHROMA_URL: chroma.url })
  await untilReady(started)
  expect(await isHealthy(place)).toBe(true)
  expect(await processesNaming(place.dataDir)).toEqual([])
  started.process.kill('SIGTERM')
  expect(await started.exit).toBe(0)
  expect([postgres, redis, chroma].map((server) => server.pid() !== undefined)).toEqual([true, true, true])
  await Promise.all([postgres.stop(), redis.stop(), chroma.stop()])
}, 60_000)

it.each([
  ['ORRERY_PORT', 'abc'],
  ['ORRERY_CODE_STEPS', 'sometimes'],
  ['DATABASE_URL', 'mysql://localhost'],
])('names %s when its value makes no sense', async (variable, value) => {
  await using place = await makePlace()
  const refused = run('main', { ...place.env, [variable]: value })
  expect(await refused.exit).toBe(1)
  expect(refused.output()).toContain(variable)
  expect(refused.output()).not.toContain(value)
})

it('stops as soon as a signal comes, even in the middle of its start', async () => {
  await using place = await makePlace()
  const early = run('main', place.env)
  await once(early.process.stdout ?? early.process, 'data')
  early.process.kill('SIGTERM')
  await early.exit
  expect(await processesNaming(place.dataDir)).toEqual([])
}, 60_000)

it('is stopped by Ctrl-C at npm start, and by a kill -9 of the script behind it', async () => {
  await using place = await makePlace()
  const first = run('start', place.env)
  await untilReady(first)
  first.process.kill('SIGINT')
  expect(await first.exit).toBe(0)
  expect(await processesNaming(place.dataDir)).toEqual([])

  const second = run('start', place.env)
  await untilReady(second)
  second.process.kill('SIGKILL')
  await second.exit
  await untilNoneNames(place.dataDir)
}, 90_000)

it('stops everything when npm start gets a SIGTERM', async () => {
  await using place = await makePlace()
  const started = run('npm', place.env)
  await untilReady(started)
  started.process.kill('SIGTERM')
  await untilNoneNames(place.dataDir)
}, 60_000)
