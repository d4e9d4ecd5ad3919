import { newId } from '@orrery/core'
import type { LiveEvent } from '@orrery/shared-types'
import { ask, eventually } from '@orrery/testing'
import { startInProcess } from '../support/in-process.ts'

type Page = { items: LiveEvent[]; lastEventId: string }
const busy = 30_000
const quietEach = 1500

describe('a project with few events among many of another', () => {
  it('gets each of its own once and in order, from any place of the log', async () => {
    await using s = await startInProcess()
    const neighbour = await s.it.make.project(await s.it.make.user())
    const event = (projectId: string, n: number) => ({
      type: 'memory.stored',
      project_id: projectId,
      entity_id: newId('memory'),
      entity_version: 1,
      occurred_at: new Date().toISOString(),
      audience: [],
      lineage_ref: null,
      payload: { why: String(n) },
    })
    const events = Array.from({ length: busy }, (_, n) => event(n % quietEach === 7 ? s.projectId : neighbour, n))
    for (let from = 0; from < busy; from += 5000) {
      const some = events.slice(from, from + 5000)
      await s.it.admin.query('insert into platform.outbox (events, count) values ($1, $2)', [JSON.stringify(some), some.length])
    }
    await eventually('all to be stamped', async () => {
      const { rows } = await s.it.admin.query('select count(*)::int as n from platform.domain_events')
      return rows[0].n >= busy
    })
    const read = async (after: number): Promise<Page> =>
      (await ask(s.gateway, s.owner).get(`/api/v1/events?after=${after}&topics=project:${s.projectId}`)).json()
    const { items } = await read(0)
    expect(items.map((each) => each.payload['why'])).toEqual(Array.from({ length: busy / quietEach }, (_, i) => String(i * quietEach + 7)))
    const places = items.map((each) => Number(each.eventId))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    for (const place of [3, 9, 14]) expect((await read(places[place] ?? 0)).items).toEqual(items.slice(place + 1))
    for (const place of [3, 9, 14]) expect((await read((places[place] ?? 0) - 1)).items).toEqual(items.slice(place))
    const { rows } = await s.it.admin.query('select count(*)::int as n from platform.event_reach')
    expect(rows[0].n).toBeLessThan((2 * busy) / 1024 + 4)
  })
})
