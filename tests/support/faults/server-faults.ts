import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, fault } from './field.ts'

const ofServices = "datname = current_database() and pid <> pg_backend_pid() and application_name like 'orrery-%'"

export const databaseFaults: Fault[] = [
  fault('PostgreSQL crashed', ({ servers }) => servers.strikePostgres('SIGQUIT')),
  fault('PostgreSQL restarted', ({ servers }) => servers.strikePostgres('SIGINT')),
  fault('backends terminated', async ({ it }) => {
    const { rowCount } = await it.admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${ofServices}`)
    return (rowCount ?? 0) > 0
  }),
]

export const redisFaults: Fault[] = [
  fault('Redis killed', ({ servers }) => servers.killRedis()),
  fault('Redis emptied', ({ redis }) => redis.flushall()),
  fault('subscribers cut', async ({ redis }) => Number(await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')) > 0),
]

/** Below what an empty Redis takes, so that every write is refused. */
export const redisFull = fault('Redis full', async ({ redis, random }) => {
  await redis.config('SET', 'maxmemory', '1')
  const refused = await redis.set('orrery:full', '1').then(
    () => false,
    (error: Error) => error.message.includes('OOM'),
  )
  await pause(2000 + random() * 3000)
  await redis.config('SET', 'maxmemory', '0')
  return refused
})
