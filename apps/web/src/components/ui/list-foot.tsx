import { cx } from '../../lib/cx.ts'
import type { Listing } from '../../lib/pages.ts'
import { Button } from './button.tsx'
import { Freshness } from './freshness.tsx'

type ListFootProps = {
  listing: Pick<Listing<unknown>, 'rows' | 'hasMore' | 'isLoadingMore' | 'loadMore' | 'updatedAt' | 'isStale'>
  className?: string
}

/** Below a list of records: the next page, or how many there are, and how fresh they are. */
export const ListFoot = ({ listing, className }: ListFootProps) => (
  <div className={cx('flex min-h-9 items-center justify-between gap-3 border-t border-line', className)}>
    {listing.hasMore ? (
      <Button size="sm" look="quiet" busy={listing.isLoadingMore} onClick={listing.loadMore}>
        Show more
      </Button>
    ) : (
      <span className="tnum text-xs text-ink-3">{listing.rows.length} in all</span>
    )}
    <Freshness updatedAt={listing.updatedAt} isStale={listing.isStale} />
  </div>
)
