import type { Id, IdKind } from '@orrery/shared-types'
import { customType } from 'drizzle-orm/pg-core'
import { fromUuid, uuidOf } from './ids.ts'

/** A TypeID in code, a `uuid` in the table. */
export const idColumn = <K extends IdKind>(kind: K) =>
  customType<{ data: Id<K>; driverData: string }>({
    dataType: () => 'uuid',
    toDriver: (id) => uuidOf(kind, id),
    fromDriver: (uuid) => fromUuid(kind, uuid),
  })

/** ISO 8601 in code, `timestamptz(3)` in the table. */
export const timeColumn = customType<{ data: string; driverData: string | Date }>({
  dataType: () => 'timestamp(3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
})

/**
 * JSON as it is. The driver has parsed it already; drizzle's own columns parse strings once more, and make a number of "123".
 */
export const jsonColumn = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'json',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value,
})

/** The same as `jsonb`. */
export const jsonbColumn = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value,
})
