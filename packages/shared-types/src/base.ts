import { type Static, type TProperties, type TSchema, Type } from '@sinclair/typebox'

/** An object that refuses what it doesn't declare. For everything that comes in. */
export const Input = <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: false })

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** ISO 8601 in UTC with milliseconds. */
export const Timestamp = Type.String({ format: 'date-time' })

export const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })

/** Words that may stand in an enum of the API. */
export const OneOf = <const T extends readonly string[]>(words: T) => Type.Unsafe<T[number]>(Type.String({ enum: [...words] as string[] }))

/** One page of a list. `nextCursor` is opaque; `total` is there only when asked for by `count=true`. */
export const PageOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()), total: Type.Optional(Type.Integer()) })
export type Page<T> = { items: T[]; nextCursor: string | null; total?: number }

/** What every list takes. A service adds its own filters beside it. */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
  sort: Type.Optional(Type.String({ maxLength: 60, description: 'A field, or -field for descending: -createdAt' })),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Words to look for' })),
  count: Type.Optional(Type.Boolean()),
}
export const PageQuery = Input(pageQuery)
export type PageQuery = Static<typeof PageQuery>

/** For lists that are not searched. */
const { q: _q, ...unsearched } = pageQuery
export const PlainPageQuery = Input(unsearched)

export const Empty = Type.Null({ description: 'No content' })
