import type { Page } from '@orrery/shared-types'
import { type AnyColumn, asc, desc, type SQL, sql } from 'drizzle-orm'
import { invalid } from './error.ts'

/** A field that a list can be sorted by, with how its value is written into a cursor. */
export type Sortable = Record<string, AnyColumn>

type PageInput = { limit?: number; cursor?: string; sort?: string }

/** Keyset paging: `where` and `orderBy` for a query that asks for one row more than `limit`. The id breaks ties. */
export function keyset(input: PageInput, fields: Sortable, id: AnyColumn, fallback: string) {
  const text = input.sort ?? fallback
  const down = text.startsWith('-')
  const name = down ? text.slice(1) : text
  const column = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (!column) throw invalid('/sort', `Can't sort by ${name}; choose one of ${Object.keys(fields).join(', ')}`)
  const after = input.cursor === undefined ? undefined : readCursor(input.cursor, text)
  const compare = down ? sql`<` : sql`>`
  const where: SQL = after
    ? sql`(${column}, ${id}) ${compare} (${sql.param(after.value, column)}, ${sql.param(after.id, id)})`
    : sql`true`
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

function readCursor(cursor: string, sort: string): { value: unknown; id: string } {
  try {
    const [of, value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (of === sort && typeof id === 'string' && ['string', 'number', 'boolean'].includes(typeof value)) return { value, id }
  } catch {
    // falls through to the refusal
  }
  throw invalid('/cursor', 'This cursor is not one of this list in this order; begin without a cursor')
}

/** Splits `a,b` of a filter. */
export const words = (text: string): string[] => text.split(',').map((word) => word.trim()).filter(Boolean)
