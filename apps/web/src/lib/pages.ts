import type { Page } from '@orrery/shared-types'
import { type InfiniteData, infiniteQueryOptions, type QueryKey, type UseQueryResult, useInfiniteQuery } from '@tanstack/react-query'
import { pageSize } from '../config/config.ts'
import { api, type Query } from './api.ts'

/** A list without end: each page is asked for by the cursor of the one before. */
export const pagesOf = <T>(queryKey: QueryKey, path: string, query: Query = {}) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => api.get<Page<T>>(path, { query: { limit: pageSize, ...query, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<T>) => last.nextCursor,
  })

export type Listing<T> = {
  rows: T[]
  isPending: boolean
  error: Error | null
  updatedAt: number
  /** The rows are of before: asking again failed. */
  isStale: boolean
  hasMore: boolean
  isLoadingMore: boolean
  loadMore: () => void
  retry: () => void
}

type PagesOptions<T> = ReturnType<typeof pagesOf<T>>

export function useListing<T>(options: PagesOptions<T>): Listing<T> {
  const query = useInfiniteQuery(options)
  return {
    rows: rowsOf(query.data),
    isPending: query.isPending,
    error: query.isError && !query.data ? query.error : null,
    updatedAt: query.dataUpdatedAt,
    isStale: query.isError && query.data !== undefined,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  }
}

/** What came whole in one answer, as a list of one page. */
export const wholeListing = <D, T>(query: UseQueryResult<D>, rows: (data: D) => T[]): Listing<T> => ({
  rows: query.data === undefined ? [] : rows(query.data),
  isPending: query.isPending,
  error: query.isError && query.data === undefined ? query.error : null,
  updatedAt: query.dataUpdatedAt,
  isStale: query.isError && query.data !== undefined,
  hasMore: false,
  isLoadingMore: false,
  loadMore: () => {},
  retry: () => void query.refetch(),
})

export const rowsOf = <T>(data: InfiniteData<Page<T>, unknown> | undefined): T[] => data?.pages.flatMap((page) => page.items) ?? []

/** Changes rows in place in every page of every list under a key; rows that stay the same keep their identity. */
export const mapRows =
  <T>(change: (row: T) => T) =>
  (data: InfiniteData<Page<T>, unknown> | undefined): InfiniteData<Page<T>, unknown> | undefined =>
    data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(change) })) }
