import type { ReactNode } from 'react'
import { useRef } from 'react'
import { Link } from 'react-router'
import { cx } from '../../lib/cx.ts'
import { moveInList, useHotkeys } from '../../lib/hotkeys.ts'
import type { Listing } from '../../lib/pages.ts'
import { Button } from './button.tsx'
import { Freshness } from './freshness.tsx'
import { ErrorState, SkeletonRows } from './states.tsx'

export type Column<T> = {
  key: string
  header: string
  cell: (row: T) => ReactNode
  /** Figures stand right, in tabular digits. */
  right?: boolean
  /** Takes what is left; one column should. */
  grow?: boolean
  hideBelow?: 'sm' | 'md' | 'lg' | 'xl'
}

type TableProps<T> = {
  label: string
  columns: Column<T>[]
  listing: Listing<T>
  rowKey: (row: T) => string
  /** Where Enter and a click lead. */
  rowTo?: (row: T) => string
  selected?: string | undefined
  empty: ReactNode
  bare?: boolean
}

const hidden = { sm: '@max-[32rem]:hidden', md: '@max-[44rem]:hidden', lg: '@max-[54rem]:hidden', xl: '@max-[66rem]:hidden' }
const cellClass = <T,>({ right, grow, hideBelow }: Column<T>) =>
  cx(
    'px-2 first:pl-4',
    right ? 'tnum text-right' : 'text-left',
    grow ? 'w-full max-w-0' : 'whitespace-nowrap',
    hideBelow && hidden[hideBelow],
  )

/** A list with its loading, empty and error faces, keyset paging, and J, K and Enter. */
export function Table<T>({ label, columns, listing, rowKey, rowTo, selected, empty, bare = false }: TableProps<T>) {
  const list = useRef<HTMLDivElement>(null)
  useHotkeys({ j: () => moveInList(list.current, 1), k: () => moveInList(list.current, -1) })
  const frame = bare ? '' : 'rounded-md border border-line bg-surface'
  if (listing.isPending)
    return (
      <Framed className={frame}>
        <SkeletonRows label={`Loading ${label.toLowerCase()}`} />
      </Framed>
    )
  if (listing.error)
    return (
      <Framed className={frame}>
        <ErrorState what={`${label} could not be loaded`} error={listing.error} onRetry={listing.retry} />
      </Framed>
    )
  if (listing.rows.length === 0) return <Framed className={frame}>{empty}</Framed>
  return (
    <div ref={list} className={cx('@container min-w-0', frame)}>
      <table className="w-full border-collapse text-sm" aria-label={label}>
        <thead>
          <tr className="h-8 border-b border-line text-xs text-ink-3">
            {columns.map((column) => (
              <th key={column.key} scope="col" className={cx(cellClass(column), 'font-medium')}>
                {column.header}
              </th>
            ))}
            <td className="min-w-2 p-0" />
          </tr>
        </thead>
        <tbody>
          {listing.rows.map((row) => (
            <Row key={rowKey(row)} row={row} columns={columns} to={rowTo?.(row)} isSelected={selected === rowKey(row)} />
          ))}
        </tbody>
      </table>
      <Foot listing={listing} />
    </div>
  )
}

function Framed({ className, children }: { className: string; children: ReactNode }) {
  return <div className={className}>{children}</div>
}

function Row<T>({ row, columns, to, isSelected }: { row: T; columns: Column<T>[]; to: string | undefined; isSelected: boolean }) {
  return (
    <tr
      aria-current={isSelected || undefined}
      className={cx(
        'row-h relative border-b border-line last:border-b-0',
        to && 'hover:bg-hover',
        isSelected && 'bg-accent-tint hover:bg-accent-tint',
      )}
    >
      {columns.map((column, at) => (
        <td key={column.key} className={cellClass(column)}>
          {at === 0 && to !== undefined ? <RowLink to={to}>{column.cell(row)}</RowLink> : column.cell(row)}
        </td>
      ))}
      <td className="min-w-2 p-0" />
    </tr>
  )
}

/** Its hit area is the whole row, so that the row is one link for mouse, keyboard and screen reader alike. */
function RowLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link
      to={to}
      data-row-link
      className="block truncate after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:rounded-sm focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
    >
      {children}
    </Link>
  )
}

function Foot<T>({ listing }: { listing: Listing<T> }) {
  const count = `${listing.rows.length.toLocaleString('en')}${listing.hasMore ? ' shown, there are more' : ' in all'}`
  return (
    <div className="flex min-h-10 items-center justify-between gap-3 border-t border-line px-4 py-1">
      <span className="tnum text-xs text-ink-3">{count}</span>
      {listing.hasMore && (
        <Button size="sm" look="quiet" busy={listing.isLoadingMore} onClick={listing.loadMore}>
          {listing.isLoadingMore ? 'Loading' : 'Show more'}
        </Button>
      )}
      <Freshness updatedAt={listing.updatedAt} isStale={listing.isStale} />
    </div>
  )
}
