import { loadConfig } from '@orrery/service-kit'
import type { Project, Task } from '@orrery/shared-types'
import { ask, openInstallation, type TestUser } from '@orrery/testing'
import { buildApp, ProjectsConfig } from '../src/app.ts'

/** The projects service on a private database, with shortcuts through its own API. */
export async function openProjects() {
  const it = await openInstallation()
  const config = loadConfig(ProjectsConfig, { DATABASE_URL: it.databaseUrl('projects'), REDIS_URL: 'redis://127.0.0.1' })
  const app = await it.app((deps) => buildApp(deps, config), 'projects')
  const begin = async (as: { token: string }, more: object = {}): Promise<Project> =>
    (await ask(app, as).post('/api/v1/projects', { name: 'Apollo', ...more })).json()
  return {
    ...it,
    app,
    begin,
    task: async (as: { token: string }, more: object): Promise<Task> =>
      (await ask(app, as).post('/api/v1/tasks', { title: 'Write it down', ...more })).json(),
    /** A project with one person of each role in it, and one who belongs nowhere. */
    crew: async () => {
      const [owner, manager, operator, viewer, stranger] = await Promise.all(Array.from({ length: 5 }, () => it.make.user()))
      if (!owner || !manager || !operator || !viewer || !stranger) throw new Error('Nobody came')
      const project = await begin(owner)
      const add = (who: TestUser, role: string) => ask(app, owner).post(`/api/v1/projects/${project.id}/members`, { userId: who.id, role })
      await add(manager, 'manager')
      await add(operator, 'operator')
      await add(viewer, 'viewer')
      return { project, owner, manager, operator, viewer, stranger }
    },
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  }
}
