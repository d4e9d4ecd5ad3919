import { AppError } from '@orrery/core'

export const projectArchived = () => new AppError('conflict', 'project_archived', 'This project is archived; make it active again first')
export const hasSubProjects = () =>
  new AppError('conflict', 'project_has_children', 'Other projects are below this one; move or delete them first')
export const lastOwner = () => new AppError('conflict', 'last_owner', 'This is the last owner; make somebody else one first')
export const keyScope = () =>
  new AppError('forbidden', 'key_scope', 'Making a project needs a person, or an API key of the role manager that is bound to no project')
