import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Approval, ApprovalPage, ApprovalQuery, DecideApproval, IdOf, Input, problems } from '@orrery/shared-types'
import { type Machinery, withMachinery } from '../../context.ts'
import { decideApproval } from './decide-approval.ts'
import { getApproval, listApprovals } from './list-approvals.ts'

const tags = ['approvals']
const params = Input({ id: IdOf('step') })
const listing = { querystring: ApprovalQuery, response: { 200: ApprovalPage, ...problems(401, 422) } }
const reading = { params, response: { 200: Approval, ...problems(401, 404) } }
const deciding = { params, body: DecideApproval, response: { 200: Approval, ...problems(401, 403, 404, 409, 422) } }

export const approvalRoutes =
  (machinery: Machinery): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ctxOf = withMachinery(machinery)
    app.get(
      '/approvals',
      { schema: { operationId: 'listApprovals', tags, summary: 'What steps ask of people', ...listing } },
      async (request) => listApprovals(request.ctx, request.query),
    )
    app.get('/approvals/:id', { schema: { operationId: 'getApproval', tags, summary: 'One of them', ...reading } }, async (request) =>
      getApproval(request.ctx, request.params.id),
    )
    app.post(
      '/approvals/:id/approve',
      { schema: { operationId: 'approveApproval', tags, summary: 'Let its run go on', ...deciding } },
      async (request) => decideApproval(ctxOf(request), request.params.id, true, request.body),
    )
    app.post(
      '/approvals/:id/reject',
      { schema: { operationId: 'rejectApproval', tags, summary: 'Fail its step', ...deciding } },
      async (request) => decideApproval(ctxOf(request), request.params.id, false, request.body),
    )
  }
