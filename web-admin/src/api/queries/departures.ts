import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body, ifMatch } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type Departure = components['schemas']['DepartureView']
export type DepartureState = components['schemas']['DepartureState']
export type Line = components['schemas']['LineView']
export type Lanes = components['schemas']['Lanes']

const key = {
  all: ['departures'] as const,
  list: (filter: object) => ['departures', 'list', filter] as const,
  one: (id: string) => ['departures', id] as const,
  lines: (id: string) => ['departures', id, 'lines'] as const,
  certificate: (id: string) => ['departures', id, 'certificate'] as const,
}

/** While orders run, the page follows them. */
const FOLLOW_MS = 2_000
/** A list in view shows who was announced meanwhile; whoever has scrolled on is not disturbed. */
const LIST_MS = 10_000

export const departuresQuery = (filter: { state?: DepartureState }) =>
  infiniteQueryOptions({
    queryKey: key.list(filter),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/departures', { params: { query: { ...filter, cursor: pageParam, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: (q) => ((q.state.data?.pages.length ?? 1) > 1 ? false : LIST_MS),
  })

/** Whether orders run, or are about to: between the last yes and the first order there is a moment. */
export const isUnderway = (d: Departure | undefined) =>
  d?.state === 'carrying_out' || (d?.state === 'approved' && Boolean(d.access_ended_at))

/** An open case shows what others do to it; a closed one stays as it is. */
function followed(d: Departure | undefined): number | false {
  if (isUnderway(d)) return FOLLOW_MS
  return d?.state === 'completed' || d?.state === 'rescinded' ? false : LIST_MS
}

/** The latest few, to be found by name: the palette never reads more. */
export const departuresBriefly = queryOptions({
  queryKey: [...key.all, 'briefly'],
  staleTime: 60_000,
  queryFn: async () => (await body(api.GET('/api/v1/departures', { params: { query: { limit: 100 } } }))).items,
})

export const departureQuery = (id: string) =>
  queryOptions({
    queryKey: key.one(id),
    queryFn: () => body(api.GET('/api/v1/departures/{id}', { params: { path: { id } } })),
    refetchInterval: (q) => followed(q.state.data),
  })

export const linesQuery = (id: string, follow: boolean) =>
  queryOptions({
    queryKey: key.lines(id),
    queryFn: () => body(api.GET('/api/v1/departures/{id}/lines', { params: { path: { id } } })),
    refetchInterval: follow ? FOLLOW_MS : false,
  })

export const certificateQuery = (id: string) =>
  queryOptions({
    queryKey: key.certificate(id),
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => body(api.GET('/api/v1/departures/{id}/certificate', { params: { path: { id } } })),
  })

async function changed() {
  // A word to a departure moves instructions and the inbox with it.
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: key.all }),
    queryClient.invalidateQueries({ queryKey: ['inbox'] }),
    queryClient.invalidateQueries({ queryKey: ['instructions'] }),
  ])
}

export const submitDeparture = mutationOptions({
  mutationFn: (id: string) => body(api.POST('/api/v1/departures/{id}/submit', { params: { path: { id } } })),
  onSuccess: changed,
})

export const approveDeparture = mutationOptions({
  mutationFn: ({ id, reason }: { id: string; reason?: string }) =>
    body(api.POST('/api/v1/departures/{id}/approve', { params: { path: { id } }, body: { reason } })),
  onSuccess: changed,
})

export const refuseDeparture = mutationOptions({
  mutationFn: ({ id, reason }: { id: string; reason: string }) =>
    body(api.POST('/api/v1/departures/{id}/refuse', { params: { path: { id } }, body: { reason } })),
  onSuccess: changed,
})

export const rescindDeparture = mutationOptions({
  mutationFn: (id: string) => body(api.POST('/api/v1/departures/{id}/rescind', { params: { path: { id } } })),
  onSuccess: changed,
})

export const adjustLine = mutationOptions({
  mutationFn: (change: { departure: string; line: Line; disposition: string; successor?: string }) =>
    body(
      api.PATCH('/api/v1/departures/{id}/lines/{line}', {
        params: { path: { id: change.departure, line: change.line.id }, header: ifMatch(change.line.version) },
        body: { disposition: change.disposition, successor: change.successor },
      }),
    ),
  // Also when somebody else was faster: what they made of it is shown beside what was chosen, and saved over only knowingly.
  onSettled: changed,
})
