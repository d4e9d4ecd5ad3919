import { ownCtx } from '@orrery/service-kit'
import { eventually } from '@orrery/testing'
import { startWithWebhooks } from '../../../test/webhooks.ts'
import { claimDeliveries, sendDelivery } from './send-deliveries.ts'

const url = '/api/v1/webhooks'
const work = { steps: { a: { uses: 'noop' } } }
type S = Awaited<ReturnType<typeof startWithWebhooks>>

/** Ends the session of whoever moves the cursor, before it can commit: as if its process were killed there. */
async function breakFollowers({ it }: S) {
  await it.admin.query(`
    create sequence public.broken;
    create function public.break_off() returns trigger language plpgsql security definer as $$
      begin perform nextval('public.broken'); perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
    create trigger break_off before update on scheduler.event_cursors for each row execute function public.break_off()`)
  return {
    times: async () => Number((await it.admin.query('select last_value from public.broken where is_called')).rows[0]?.last_value ?? 0),
    mend: () => it.admin.query('drop trigger break_off on scheduler.event_cursors'),
  }
}

const seqs = async ({ it }: S) => {
  const { rows: logged } = await it.admin.query(`select seq::int from platform.domain_events where type <> 'webhook.created' order by seq`)
  const { rows: told } = await it.admin.query('select seq::int from scheduler.webhook_deliveries order by seq')
  return { logged: logged.map((row) => row.seq), told: told.map((row) => row.seq) }
}

describe('when something is killed in the middle', () => {
  it('each event still gives exactly one delivery', async () => {
    await using s = await startWithWebhooks()
    const { id } = await s.make()
    const broken = await breakFollowers(s)
    const workflow = await s.publish(work)
    for (let i = 0; i < 5; i++) await s.start(workflow)
    await eventually('the follower to be broken off three times', async () => (await broken.times()) >= 3)
    expect((await seqs(s)).told).toEqual([])
    await broken.mend()
    await s.told(id, 7, (each) => each.status === 'delivered')
    const { logged, told } = await seqs(s)
    expect(told).toEqual(logged)
    expect(new Set(s.receiver.received.map((call) => call.id)).size).toBe(s.receiver.received.length)
  })

  it('a delivery whose sender is gone is taken over, and what the old one says comes too late', async () => {
    await using s = await startWithWebhooks()
    const { id } = await s.make()
    const ctx = ownCtx(s.it.deps('scheduler'), 'test')
    // one whose sender was killed: taken, with a lease that nobody prolongs
    await s.it.admin.query(
      `insert into scheduler.webhook_deliveries (id, webhook_id, event_type, body, attempts, step, next_at, lease_until)
       select gen_random_uuid(), id, 'x', '{}', 1, 1, now(), now() + interval '1 hour' from scheduler.webhooks`,
    )
    const [held] = await s.deliveries(id)
    if (!held) throw new Error('no delivery')
    expect(held).toMatchObject({ attempts: 1, sending: true })
    expect(await claimDeliveries(ctx, 10)).toEqual([])
    expect((await s.as.post(`${url}/${id}/deliveries/${held.id}/redeliver`)).statusCode).toBe(409)
    await s.it.admin.query('update scheduler.webhook_deliveries set lease_until = now()')
    await s.told(id, 1, (each) => each.status === 'delivered' && each.attempts === 2)
    const late = { id: held.id, webhookId: id, projectId: s.projectId, url: s.receiver.url, secrets: [], body: '{}', attempt: 1, step: 1 }
    const post = async () => ({ status: 500, retryAfter: null, excerpt: 'late', durationMs: 1 })
    const vault = { seal: async (text: string) => text, unseal: async (text: string) => text }
    expect(await sendDelivery(ctx, late, { post, vault, retryMs: [0] })).toBe(false)
    expect(await s.delivery(id, held.id)).toMatchObject({ status: 'delivered', attempts: 2, lastStatusCode: 200 })
  })
})

describe('with several replicas', () => {
  it('two that look at the same time never take the same delivery, nor more of one webhook than its bound', async () => {
    await using s = await startWithWebhooks()
    await s.make()
    const [a, b] = [ownCtx(s.it.deps('scheduler'), 'a'), ownCtx(s.it.deps('scheduler'), 'b')]
    await s.it.admin.query(
      `insert into scheduler.webhook_deliveries (id, webhook_id, event_type, body, next_at, lease_until)
       select gen_random_uuid(), id, 'x', '{}', now(), case when n <= 2 then now() + interval '1 hour' end from scheduler.webhooks, generate_series(1, 40) n`,
    )
    const claims = await Promise.all([1, 2, 3, 4].flatMap(() => [claimDeliveries(a, 10), claimDeliveries(b, 10)]))
    const ids = claims.flat().map((each) => each.id)
    expect(new Set(ids).size).toBe(ids.length)
    const { rows } = await s.it.admin.query('select count(*)::int as n from scheduler.webhook_deliveries where lease_until > now()')
    expect(rows[0]?.n).toBeGreaterThanOrEqual(2)
    expect(rows[0]?.n).toBeLessThanOrEqual(4)
  })

  it('each event is sent once', async () => {
    await using s = await startWithWebhooks()
    const { id } = await s.make({ eventTypes: ['run.created'] })
    await s.open()
    await s.open()
    const workflow = await s.publish(work)
    await Promise.all(Array.from({ length: 30 }, () => s.start(workflow)))
    await s.told(id, 30, (each) => each.status === 'delivered')
    const ids = s.receiver.received.map((call) => call.id)
    expect([ids.length, new Set(ids).size]).toEqual([30, 30])
  })

  it('a target that hangs holds no other up, and gets no more than four calls at a time', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await using s = await startWithWebhooks(async (call) => {
      if (call.path === '/slow') await held
      return { status: 200 }
    })
    const slow = await s.make({ url: s.receiver.url.replace('/take', '/slow'), eventTypes: ['run.created'] })
    const fast = await s.make({ eventTypes: ['run.created'] })
    const workflow = await s.publish(work)
    await Promise.all(Array.from({ length: 50 }, () => s.start(workflow)))
    await s.told(fast.id, 50, (each) => each.status === 'delivered')
    expect(s.receiver.received.filter((call) => call.path === '/slow')).toHaveLength(4)
    release()
    await s.told(slow.id, 50, (each) => each.status === 'delivered')
  })
})

describe('where nothing may be sent', () => {
  it('a name that leads inside by now is refused at the attempt, without a connection', async () => {
    await using s = await startWithWebhooks(undefined, { retryMs: [0] })
    const { id } = await s.make()
    for (const host of ['localhost', '127.0.0.2', '[::1]', '[::ffff:127.0.0.1]']) {
      await s.it.admin.query('update scheduler.webhooks set url = $1', [`http://${host}:${s.receiver.port}/take`])
      const made = (await s.as.post(`${url}/${id}/test`)).json()
      await s.told(id, 1, (each) => each.id === made.id && each.status === 'dead')
      expect(await s.delivery(id, made.id)).toMatchObject({
        lastStatusCode: null,
        lastError: expect.stringContaining('private or reserved network'),
      })
    }
    expect(s.receiver.connections()).toBe(0)
  })
})
