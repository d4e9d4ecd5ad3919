import { uuidOf } from '@orrery/core'
import type { Fire, Id, Schedule } from '@orrery/shared-types'
import { ask, eventually } from '@orrery/testing'
import { startScheduler } from './start-scheduler.ts'

const work = { steps: { a: { uses: 'noop' } } }

/** A scheduler with a published workflow, and shortcuts for its schedules. Without a worker, so that runs go on until they are canceled. */
export async function startWithSchedules() {
  const s = await startScheduler()
  const workflow = await s.publish(work)
  const as = ask(s.app, s.owner)
  const body = (more: object = {}) => ({ projectId: s.projectId, workflowId: workflow.id, everyMs: 3_600_000, ...more })
  const plan = async (more: object = {}): Promise<Schedule> => {
    const answer = await as.post('/api/v1/schedules', body(more))
    if (answer.statusCode !== 201) throw new Error(answer.body)
    return answer.json()
  }
  const fires = async (id: string): Promise<Fire[]> => (await as.get(`/api/v1/schedules/${id}/fires?sort=fireAt`)).json().items
  return {
    ...s,
    workflow,
    as,
    body,
    plan,
    fires,
    read: async (id: string): Promise<Schedule> => (await as.get(`/api/v1/schedules/${id}`)).json(),
    /** Puts the next tick, and the plan with it, into the past, as if nobody had been there to answer it. Answers its time. */
    makeDue: async (id: Id<'schedule'>, agoMs: number): Promise<string> => {
      const { rows } = await s.it.admin.query<{ at: Date }>(
        `update scheduler.schedules s set next_fire_at = t.at, due_at = t.at, status = 'active',
           created_at = t.at - coalesce(every_ms, 0) * interval '1 ms', at = case when s.at is not null then t.at end
         from (select date_trunc('second', now()) - $2 * interval '1 ms' as at) t where id = $1 returning t.at`,
        [uuidOf('schedule', id), agoMs],
      )
      return rows[0]?.at.toISOString() ?? ''
    },
    /** Waits until the ledger holds so many ticks that fit. */
    told: (id: string, count: number, fits: (fire: Fire) => boolean = () => true): Promise<Fire[]> =>
      eventually(`${count} ticks in the ledger`, async () => {
        const found = (await fires(id)).filter(fits)
        return found.length >= count && found
      }),
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  }
}
