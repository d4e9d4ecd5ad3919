import { AppError, notFound } from '@orrery/core'
import type { DefinitionError } from '@orrery/shared-types'

export const workflowNotFound = () => notFound('workflow')
export const versionNotFound = () => notFound('workflow_version')
export const slugTaken = (slug: string) =>
  new AppError('conflict', 'workflow_slug_taken', `This project has a workflow ${slug} already; choose another slug`)
export const notPublished = () =>
  new AppError('conflict', 'workflow_not_published', 'This workflow has no published version yet; publish it first')
export const notPaused = () => new AppError('conflict', 'workflow_not_paused', 'This workflow is not paused')
export const archived = () => new AppError('conflict', 'workflow_archived', 'This workflow is archived')
export const definitionInvalid = (errors: DefinitionError[]) =>
  new AppError('invalid', 'definition_invalid', `The definition has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}`, {
    errors: errors.map((error) => ({ ...error, path: `/definition${error.path}` })),
  })
