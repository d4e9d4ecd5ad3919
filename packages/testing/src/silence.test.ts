import { openDb } from '@orrery/core'
import { createService, startRelay } from '@orrery/service-kit'
import { eventually } from './eventually.ts'
import { openInstallation } from './installation.ts'
import { openTcpProxy } from './tcp-proxy.ts'

// the network swallows bytes: both ends believe in their connection, and no error ever comes
describe('a connection through which nothing comes any more', () => {
  it('to the database is given up, and the next one is good', async () => {
    await using it = await openInstallation()
    const proxy = it.use(await openTcpProxy(it.databaseUrl('scheduler')))
    const { pool } = openDb({ connectionString: proxy.url, max: 1, onError: () => undefined, silentMs: 300 })
    it.use({ close: () => pool.end() })
    const client = await pool.connect()
    await client.query('select 1')
    proxy.beSilent()
    await expect(client.query('select 1')).rejects.toThrow('the database said nothing for 300 ms')
    client.release()
    proxy.heal()
    expect((await pool.query('select 2 as two')).rows).toEqual([{ two: 2 }])
  })

  it('does not keep the lead of the relay: another one takes over while the first still believes in it', async () => {
    await using it = await openInstallation()
    const proxy = it.use(await openTcpProxy(it.databaseUrl('realtime-gateway')))
    const say = async () => {
      const event = { type: 'run.created', entity_id: 'run', entity_version: 1, occurred_at: new Date(), audience: [], payload: {} }
      await it.admin.query('insert into platform.outbox (events, count) values ($1, 1)', [JSON.stringify([event])])
    }
    const stamped = (count: number) =>
      eventually(`${count} events to be stamped`, async () => {
        const { rows } = await it.admin.query('select count(*)::int as n from platform.domain_events')
        return rows[0].n === count
      })
    it.use(startRelay(it.deps('realtime-gateway', { databaseUrl: proxy.url })))
    await say()
    await stamped(1)
    it.use(startRelay(it.deps('realtime-gateway')))
    proxy.beSilent()
    await say()
    await stamped(2)
    proxy.cut()
  })

  it('to Redis holds up no request for longer than a second or so, and none once it has been given up', async () => {
    await using it = await openInstallation()
    const proxy = it.use(await openTcpProxy(it.redisUrl))
    const deps = it.deps('auth', { redisUrl: proxy.url })
    const app = it.use(createService(deps, { title: 'A service', rateLimit: 1000 }))
    app.get('/ping', { config: { public: true } }, async () => ({ pong: true }))
    const timed = async () => {
      const began = performance.now()
      expect((await app.inject('/ping')).statusCode).toBe(200)
      return performance.now() - began
    }
    await timed()
    proxy.beSilent()
    expect(await timed()).toBeLessThan(2000)
    proxy.heal()
    await eventually('it to be given up', async () => (await timed()) < 500)
  })

  it('to Redis is noticed by who only listens', async () => {
    await using it = await openInstallation()
    const proxy = it.use(await openTcpProxy(it.redisUrl))
    const { bells } = it.deps('auth', { redisUrl: proxy.url })
    const other = it.deps('auth')
    let heard = 0
    bells.on('work', () => {
      heard += 1
    })
    const rung = () => eventually('the bell to be heard', () => (other.bells.ring('work'), heard > 0), 15_000)
    await rung()
    proxy.beSilent()
    proxy.heal()
    heard = 0
    await rung()
  })
})
