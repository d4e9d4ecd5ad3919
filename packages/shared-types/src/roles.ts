import { type Static } from '@sinclair/typebox'
import { OneOf } from './base.ts'

/** Weakest first: each role may all that the ones before it may. */
export const projectRoles = ['viewer', 'operator', 'manager', 'owner'] as const
export const ProjectRole = OneOf(projectRoles)
export type ProjectRole = Static<typeof ProjectRole>

export const InstallationRole = OneOf(['admin', 'user'])
export type InstallationRole = Static<typeof InstallationRole>

export const roleAtLeast = (role: ProjectRole, least: ProjectRole) => projectRoles.indexOf(role) >= projectRoles.indexOf(least)
