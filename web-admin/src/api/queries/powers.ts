import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, body } from '../client'

export const powersQuery = queryOptions({
  queryKey: ['powers'],
  staleTime: 60_000,
  queryFn: () => body(api.GET('/api/v1/me/powers')),
})

/** The acts that the caller's roles empower them to, as packs name them: `departures.read`. */
export function usePowers(): Set<string> {
  const { data } = useQuery(powersQuery)
  return new Set(data?.acts ?? [])
}
