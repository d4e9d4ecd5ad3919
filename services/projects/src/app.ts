import { createService, type Deps } from '@orrery/service-kit'
import type { FastifyInstance } from 'fastify'
import type { ProjectsConfig } from './config.ts'
import { memberRoutes } from './modules/projects/member.routes.ts'
import { projectRoutes } from './modules/projects/project.routes.ts'
import { taskRoutes } from './modules/tasks/task.routes.ts'

export { ProjectsConfig } from './config.ts'

/** What people and agents work on, and who may see it. */
export async function buildApp(deps: Deps, config: ProjectsConfig): Promise<FastifyInstance> {
  const app = createService(deps, { title: 'Orrery projects', rateLimit: config.ORRERY_RATE_LIMIT, trustProxy: config.ORRERY_TRUST_PROXY })
  const prefix = '/api/v1'
  await app.register(projectRoutes, { prefix })
  await app.register(memberRoutes, { prefix })
  await app.register(taskRoutes, { prefix })
  return app as unknown as FastifyInstance
}
