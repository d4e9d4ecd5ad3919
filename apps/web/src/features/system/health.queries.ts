import type { Health, HealthDetailed } from '@orrery/shared-types'
import { queryOptions } from '@tanstack/react-query'
import { paths } from '../../config/config.ts'
import { getHealth } from '../../lib/api.ts'

export const healthQueries = {
  short: () =>
    queryOptions({ queryKey: ['health'], queryFn: ({ signal }) => getHealth<Health>(paths.health, signal), refetchInterval: 15_000 }),
  detailed: () =>
    queryOptions({
      queryKey: ['health', 'detailed'],
      queryFn: ({ signal }) => getHealth<HealthDetailed>(paths.healthDetailed, signal),
      refetchInterval: 10_000,
    }),
}
