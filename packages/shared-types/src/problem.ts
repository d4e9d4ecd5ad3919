import { type Static, Type } from '@sinclair/typebox'

/** RFC 9457. `code` is stable for programs, `detail` is for people, `requestId` is for whoever is asked for help. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.String(),
  instance: Type.String(),
  requestId: Type.String(),
  errors: Type.Optional(
    Type.Array(
      Type.Object({
        path: Type.String(),
        message: Type.String(),
        line: Type.Optional(Type.Integer()),
        column: Type.Optional(Type.Integer()),
      }),
    ),
  ),
})
export type Problem = Static<typeof Problem>
export type FieldError = NonNullable<Problem['errors']>[number]

/** The refusals that a route declares; each has its test. */
export const problems = <S extends number>(...statuses: S[]) =>
  Object.fromEntries(statuses.map((s) => [s, Problem])) as Record<S, typeof Problem>
