import { type Static, Type } from '@sinclair/typebox'
import { Input, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'
import { ProjectRole } from './roles.ts'

/** `canceled`: its run ended without an answer. */
export const ApprovalState = OneOf(['pending', 'approved', 'rejected', 'expired', 'canceled'])
export type ApprovalState = Static<typeof ApprovalState>

/** What a step of the kind `approval` asks of people. Its id is the step's. */
export const Approval = Type.Object({
  id: IdOf('step'),
  runId: IdOf('run'),
  projectId: IdOf('project'),
  workflowId: IdOf('workflow'),
  workflowName: Type.String(),
  stepKey: Type.String(),
  itemIndex: Nullable(Type.Integer()),
  title: Type.String(),
  description: Nullable(Type.String()),
  role: { ...ProjectRole, description: 'The least role in the project that may decide' },
  state: ApprovalState,
  requestedAt: Timestamp,
  expiresAt: Nullable({ ...Timestamp, description: 'When it is decided by itself, as `onExpire` says' }),
  onExpire: OneOf(['reject', 'approve']),
  decidedAt: Nullable(Timestamp),
  decidedBy: Nullable(Type.String({ description: 'The user or API key that decided; null where time did' })),
  comment: Nullable(Type.String()),
})
export type Approval = Static<typeof Approval>

export const ApprovalQuery = Input({
  ...pageQuery,
  projectId: Type.Optional(IdOf('project')),
  runId: Type.Optional(IdOf('run')),
  state: Type.Optional(ApprovalState),
})
export type ApprovalQuery = Static<typeof ApprovalQuery>
export const ApprovalPage = PageOf(Approval)
export const DecideApproval = Input({ comment: Type.Optional(Type.String({ maxLength: 2000 })) })
export type DecideApproval = Static<typeof DecideApproval>
