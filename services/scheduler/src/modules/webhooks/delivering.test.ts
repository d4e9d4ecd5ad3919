import { startWithWebhooks } from '../../../test/webhooks.ts'

const work = { steps: { a: { uses: 'noop' } } }

describe('a delivery', () => {
  it('carries an event as CloudEvents, signed so that the library of Standard Webhooks takes it', async () => {
    await using s = await startWithWebhooks()
    const webhook = await s.make({ eventTypes: ['run.created'] })
    const run = await s.start(await s.publish(work))
    await s.receiver.count(1)
    const [call] = s.receiver.received
    if (!call) throw new Error('no call')
    const event = s.receiver.verify(call, webhook.secret)
    expect(call.headers['content-type']).toBe('application/cloudevents+json')
    expect(event).toMatchObject({
      specversion: '1.0',
      id: expect.stringMatching(/^\d+$/),
      source: `https://orrery.test/projects/${s.projectId}`,
      type: 'run.created',
      subject: run.id,
      project: s.projectId,
      data: { trigger: 'manual' },
    })
    const [delivery] = await s.told(webhook.id, 1, (each) => each.status === 'delivered')
    expect(delivery).toMatchObject({ eventId: event.id, attempts: 1, lastStatusCode: 200, lastError: null, nextAt: null })
    expect(call.id).toBe(delivery?.id)
  })
})
