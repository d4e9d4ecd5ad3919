import type { Ctx } from '@orrery/core'
import type { Page, WorkflowQuery, WorkflowSummary } from '@orrery/shared-types'
import * as workflows from './workflow.repository.ts'

/** The workflows of the caller's projects, archived ones only when asked for by `status`. */
export const listWorkflows = (ctx: Ctx, query: WorkflowQuery): Promise<Page<WorkflowSummary>> => workflows.list(ctx, query)
