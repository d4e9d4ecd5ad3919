import { eventually } from '@orrery/testing'
import { openForge } from './tokens.ts'
import { openWorld } from './world.ts'

// one closed route of each service
const doors = ['/api/v1/users', '/api/v1/projects', '/api/v1/agents', '/api/v1/runs', '/api/v1/memory/status', '/api/v1/events?topics=user']

describe('access tokens that are not ours', () => {
  it('401 in every service for each way in which a token can be wrong, and 200 for a right one', async () => {
    await using world = await openWorld()
    const { good, bad } = await openForge(world.it)
    const wrong: string[] = []
    for (const door of doors) {
      // keys are read again once a second at most
      await eventually(`${door} to take a right token`, async () => (await world.send('GET', door, { token: good })).statusCode === 200)
      for (const [name, token] of Object.entries(bad)) {
        const answer = await world.send('GET', door, { token })
        if (answer.statusCode !== 401) wrong.push(`${door} with ${name}: ${answer.statusCode}`)
        if (/jose|ERR_J|at file/i.test(answer.body)) wrong.push(`${door} with ${name} tells too much: ${answer.body}`)
      }
    }
    expect(wrong).toEqual([])
    expect(Object.keys(bad).length * doors.length).toBeGreaterThan(140)
  })
})
