import { uuidOf } from '@orrery/core'
import { ask, eventually } from '@orrery/testing'
import { startScheduler } from '../../../test/start-scheduler.ts'

const gate = { steps: { gate: { uses: 'wait', with: { signal: 'go' } } } }
const target = { url: 'https://example.test/in', name: 'Chat', eventTypes: ['run.created'] }

describe('a project that is deleted', () => {
  it('fires no schedule, takes no call, tells nobody anything and has no run any more; another project goes on', async () => {
    await using s = await startScheduler({ ORRERY_HTTP_ALLOW: 'example.test:443' }, { closeEveryMs: 50 })
    const other = await s.it.make.project(s.owner)
    const begin = async (projectId: string) => {
      const as = ask(s.app, s.owner)
      const make = async (path: string, body: object) => {
        const made = await as.post(`/api/v1/${path}`, { projectId, ...body })
        if (made.statusCode !== 201) throw new Error(made.body)
        return made.json().id as string
      }
      const workflowId = await make('workflows', { slug: 'w', name: 'w', definition: gate })
      await as.post(`/api/v1/workflows/${workflowId}/publish`, {})
      return {
        run: await make('runs', { workflowId, input: {} }),
        schedule: await make('schedules', { workflowId, everyMs: 3_600_000 }),
        hook: await make('hooks', { workflowId, name: 'In' }),
        webhook: await make('webhooks', target),
      }
    }
    const [mine, theirs] = [await begin(s.projectId), await begin(other)]
    const look = async ({ run, schedule, hook, webhook }: typeof mine) => {
      const one = async (table: string, column: string, kind: 'run' | 'schedule' | 'hook' | 'webhook', id: string) =>
        (await s.it.admin.query(`select ${column} as value from scheduler.${table} where id = $1`, [uuidOf(kind, id as never)])).rows[0]
          ?.value
      return [
        await one('runs', 'status', 'run', run),
        await one('schedules', 'status', 'schedule', schedule),
        await one('hooks', 'enabled', 'hook', hook),
        await one('webhooks', 'enabled', 'webhook', webhook),
      ]
    }
    const going = ['blocked', 'active', true, true]
    expect([await look(mine), await look(theirs)]).toEqual([going, going])
    // what the projects service writes when somebody deletes one
    await s.it.admin.query('delete from platform.project_access where project_id = $1', [uuidOf('project', s.projectId)])
    await s.it.admin.query('insert into platform.deleted_projects (project_id) values ($1)', [uuidOf('project', s.projectId)])
    const over = ['canceled', 'paused', false, false]
    await eventually('all of it to end', async () => JSON.stringify(await look(mine)) === JSON.stringify(over))
    expect(await look(theirs)).toEqual(going)
    const { rows } = await s.it.admin.query(
      `select action, actor_kind, actor_id, count(*)::int as n from platform.audit_log
       where action in ('run.cancel', 'schedule.pause', 'hook.update', 'webhook.update') group by 1, 2, 3 order by 1`,
    )
    const by = { actor_kind: 'system', actor_id: 'projects', n: 1 }
    expect(rows).toEqual(['hook.update', 'run.cancel', 'schedule.pause', 'webhook.update'].map((action) => ({ action, ...by })))
  })
})
