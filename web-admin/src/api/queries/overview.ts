import { queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import type { components } from '../schema'

export type OverviewRow = components['schemas']['OverviewRow']

/** Of whom, of what, or both. */
export interface Asked {
  class?: string
  holding?: string
  member?: string
  operation?: string
  purpose?: string
}

/** Who can see this, and what can this person see? Asked anew each time: it is what decisions would answer now. */
export const overviewQuery = (asked: Asked) =>
  queryOptions({
    queryKey: ['overview', asked],
    staleTime: 0,
    enabled: Boolean(asked.class ?? asked.holding ?? asked.member),
    queryFn: () => body(api.GET('/api/v1/access-overview', { params: { query: { ...asked } } })),
  })
