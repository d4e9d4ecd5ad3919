import type { Page } from '@orrery/shared-types'
import { type AnyColumn, asc, desc, type SQL, sql } from 'drizzle-orm'
import { invalid } from './error.ts'

/** A field that a list can be sorted by, with how its value is written into a cursor. */
export type Sortable = Record<string, AnyColumn>

type PageInput = { limit?: number; cursor?: string; sort?: string }

/** Keyset paging: `where` and `orderBy` for a query that asks for one row more than `limit`. The id breaks ties; nulls count as the greatest. */
export function keyset(input: PageInput, fields: Sortable, id: AnyColumn, fallback: string) {
  const text = input.sort ?? fallback
  const down = text.startsWith('-')
  const name = down ? text.slice(1) : text
  const column = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (!column) throw invalid('/sort', `Can't sort by ${name}; choose one of ${Object.keys(fields).join(', ')}`)
  const where = input.cursor === undefined ? sql`true` : beyond(readCursor(input.cursor, text), column, id, down)
  const order = down ? desc : asc
  return { where, orderBy: [order(column), order(id)], limit: (input.limit ?? 50) + 1, name, sort: text }
}

/** Cuts the extra row off and makes the cursor of the next page from the last one kept. */
export function toPage<T extends { id: string }>(rows: T[], page: { limit: number; name: string; sort: string }): Page<T> {
  const items = rows.slice(0, page.limit - 1)
  const last = rows.length >= page.limit ? items.at(-1) : undefined
  const value = last && (last as Record<string, unknown>)[page.name]
  return { items, nextCursor: last ? Buffer.from(JSON.stringify([page.sort, value, last.id])).toString('base64url') : null }
}

/** What comes after a row in this order. PostgreSQL puts nulls last, and first when descending. */
function beyond(after: Cursor, column: AnyColumn, id: AnyColumn, down: boolean): SQL {
  const compare = down ? sql`<` : sql`>`
  const lastId = driverValue(after.id, id)
  if (after.value === null && column.notNull) throw cursorRefused()
  if (after.value === null) {
    const sameValue = sql`(${column} is null and ${id} ${compare} ${lastId})`
    return down ? sql`(${sameValue} or ${column} is not null)` : sameValue
  }
  const further = sql`(${column}, ${id}) ${compare} (${driverValue(after.value, column)}, ${lastId})`
  return column.notNull || down ? further : sql`(${further} or ${column} is null)`
}

/** Encodes now, so that a forged cursor is refused here and not by the database. */
function driverValue(value: unknown, column: AnyColumn): SQL {
  try {
    return sql`${sql.param(column.mapToDriverValue(value))}`
  } catch {
    throw cursorRefused()
  }
}

type Cursor = { value: unknown; id: string }
const cursorRefused = () => invalid('/cursor', 'This cursor is not one of this list in this order; begin without a cursor')

function readCursor(cursor: string, sort: string): Cursor {
  try {
    const [of, value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (of === sort && typeof id === 'string' && (value === null || ['string', 'number', 'boolean'].includes(typeof value)))
      return { value, id }
  } catch {
    // falls through to the refusal
  }
  throw cursorRefused()
}

/** Splits `a,b` of a filter. */
export const words = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean)

/** Reads `a,b` of a filter whose words are known; any other word is refused. `path` names the filter. */
export function choices<T extends string>(text: string, known: readonly T[], path: string): T[] {
  return words(text).map((word) => {
    const found = known.find((each) => each === word)
    if (found === undefined) throw invalid(path, `must be one or several of ${known.join(', ')}, with commas`)
    return found
  })
}
