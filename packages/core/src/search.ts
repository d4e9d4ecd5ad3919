import { type AnyColumn, type SQL, sql } from 'drizzle-orm'
import { customType } from 'drizzle-orm/pg-core'

/** A `tsvector` that PostgreSQL keeps itself: `searchColumn('search').generatedAlwaysAs(searchText(sql`title`))`. */
export const searchColumn = customType<{ data: string }>({ dataType: () => 'tsvector' })

/** The words of a text without regard to any language. What joins words in addresses, paths and names parts them here. */
export const searchText = (text: SQL): SQL => sql`to_tsvector('simple', translate(${text}, './:@_-', '      '))`

/** SQL that is true where the text holds words that begin with each of the words given. */
export function matchesWords(column: AnyColumn, text: string): SQL {
  const query = wordsOf(text)
    .map((word) => `${word}:*`)
    .join(' & ')
  return query === '' ? sql`false` : sql`${column} @@ to_tsquery('simple', ${query})`
}

/** Letters and digits alone, so that nothing in a query is an operator. */
export const wordsOf = (text: string): string[] => text.split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean)
