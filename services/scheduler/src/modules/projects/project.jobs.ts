import { type Deps, every, ownCtx, type Repeated } from '@orrery/service-kit'
import type { Machinery, Outside } from '../../context.ts'
import { closeProjects } from './close-projects.ts'

const closeEveryMs = 15_000

export const closeDeleted = (deps: Deps, parts: Machinery & Outside, everyMs = closeEveryMs): Repeated =>
  every(deps, 'deleted projects', everyMs, () => closeProjects({ ...ownCtx(deps, 'projects'), ...parts, pipelined: deps.pipelined }))
