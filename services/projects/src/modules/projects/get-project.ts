import { type Ctx, notFound } from '@orrery/core'
import type { Id, Page, Project, ProjectQuery } from '@orrery/shared-types'
import { projectArchived } from './project.errors.ts'
import * as projects from './project.repository.ts'

/** The same refusal for what does not exist and for what the caller can't see. */
export function found<T>(project: T | undefined): T {
  if (project === undefined) throw notFound('project')
  return project
}

export const getProject = async (ctx: Ctx, id: Id<'project'>): Promise<Project> => found(await projects.find(ctx, id))

export const listProjects = (ctx: Ctx, query: ProjectQuery): Promise<Page<Project>> => projects.list(ctx, query)

/** For changes inside a project: an archived one stays as it is. */
export async function requireActive(ctx: Ctx, id: Id<'project'>): Promise<void> {
  if ((await getProject(ctx, id)).status === 'archived') throw projectArchived()
}
