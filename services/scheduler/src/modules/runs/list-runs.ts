import type { Ctx } from '@orrery/core'
import type { Page, RunQuery, RunSummary } from '@orrery/shared-types'
import * as runs from './run-list.repository.ts'

/** The runs of the caller's projects, newest first. */
export const listRuns = (ctx: Ctx, query: RunQuery): Promise<Page<RunSummary>> => runs.list(ctx, query)
