import { loadConfig } from '@orrery/service-kit'
import type { Agent } from '@orrery/shared-types'
import { ask, openInstallation } from '@orrery/testing'
import { AgentsConfig, buildApp } from '../src/app.ts'

/** The agents service on a private database, with shortcuts through its own API. */
export async function openAgents() {
  const it = await openInstallation()
  const config = loadConfig(AgentsConfig, { DATABASE_URL: it.databaseUrl('agents'), REDIS_URL: 'redis://127.0.0.1' })
  const app = await it.app((deps) => buildApp(deps, config), 'agents')
  const hire = async (as: { token: string }, more: object = {}): Promise<Agent> =>
    (await ask(app, as).post('/api/v1/agents', { name: 'Scout', type: 'coder', ...more })).json()
  return {
    ...it,
    app,
    hire,
    /** An agent in a project, with one person of each kind around it. */
    crew: async () => {
      const [owner, manager, operator, viewer, stranger] = [
        await it.make.user(),
        await it.make.user(),
        await it.make.user(),
        await it.make.user(),
        await it.make.user(),
      ]
      const projectId = await it.make.project(owner)
      await it.make.member(projectId, manager.id, 'manager')
      await it.make.member(projectId, operator.id, 'operator')
      await it.make.member(projectId, viewer.id, 'viewer')
      return { agent: await hire(owner, { projectIds: [projectId] }), projectId, owner, manager, operator, viewer, stranger }
    },
    /** Who may hear of each event of one name. */
    audiences: async (type: string): Promise<string[][]> => {
      const { rows } = await it.admin.query(
        "select e->'audience' as audience from platform.outbox o, json_array_elements(o.events::json) e where e->>'type' = $1 order by o.id",
        [type],
      )
      return rows.map((row: { audience: string[] }) => row.audience)
    },
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  }
}
