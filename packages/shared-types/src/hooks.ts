import { type Static, Type } from '@sinclair/typebox'
import { Input, Name, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'

/** How a caller proves who it is: Standard Webhooks, GitHub's X-Hub-Signature-256, or the secret itself in a header. */
export const hookSchemes = ['standard', 'github', 'token'] as const
export const HookScheme = OneOf(hookSchemes)
export type HookScheme = Static<typeof HookScheme>

const Mapping = Type.Record(Type.String({ minLength: 1, maxLength: 100 }), Type.Unknown(), {
  description: 'The input of the run by name; ${{ … }} reads body, headers and query of the call',
})

export const Hook = Type.Object({
  id: IdOf('hook'),
  projectId: IdOf('project'),
  workflowId: IdOf('workflow'),
  workflowName: Type.String(),
  name: Type.String(),
  path: Type.String({ description: 'Where calls are sent on this installation' }),
  scheme: HookScheme,
  mapping: Type.Record(Type.String(), Type.Unknown()),
  enabled: Type.Boolean(),
  previousSecretUntil: Nullable(Timestamp),
  lastCallAt: Nullable(Timestamp),
  version: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Hook = Static<typeof Hook>
export const HookPage = PageOf(Hook)
export const CreatedHook = Type.Composite([
  Hook,
  Type.Object({ secret: Type.String({ description: 'whsec_ and the key in base64; shown this once' }) }),
])
export type CreatedHook = Static<typeof CreatedHook>

export const CreateHook = Input({
  projectId: IdOf('project'),
  workflowId: IdOf('workflow'),
  name: Name,
  scheme: Type.Optional(HookScheme),
  mapping: Type.Optional(Mapping),
  enabled: Type.Optional(Type.Boolean()),
})
export type CreateHook = Static<typeof CreateHook>
export const UpdateHook = Input({
  name: Type.Optional(Name),
  mapping: Type.Optional(Mapping),
  enabled: Type.Optional(Type.Boolean()),
})
export type UpdateHook = Static<typeof UpdateHook>
export const HookQuery = Input({
  ...pageQuery,
  projectId: Type.Optional(IdOf('project')),
  workflowId: Type.Optional(IdOf('workflow')),
})
export type HookQuery = Static<typeof HookQuery>

/** `repeated`: a message that had started its run already. */
export const hookCallOutcomes = ['accepted', 'repeated', 'rejected'] as const
export const HookCallOutcome = OneOf(hookCallOutcomes)
export type HookCallOutcome = Static<typeof HookCallOutcome>
/** One call that came in, and what became of it. */
export const HookCall = Type.Object({
  id: IdOf('hookCall'),
  hookId: IdOf('hook'),
  at: Timestamp,
  outcome: HookCallOutcome,
  reason: Nullable(Type.String()),
  detail: Nullable(Type.String()),
  messageId: Nullable(Type.String({ description: 'What the caller named its message' })),
  runId: Nullable(IdOf('run')),
})
export type HookCall = Static<typeof HookCall>
export const HookCallPage = PageOf(HookCall)
const { q: _q, ...unsearched } = pageQuery
export const HookCallQuery = Input({ ...unsearched, outcome: Type.Optional(Type.String({ description: 'One or several, with commas' })) })
export type HookCallQuery = Static<typeof HookCallQuery>

export const HookAccepted = Type.Object({ runId: IdOf('run') })
export type HookAccepted = Static<typeof HookAccepted>
