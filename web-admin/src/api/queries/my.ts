import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body, file, ifMatch } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'
import { type Clause, clauseQuery } from './pack'

type Schemas = components['schemas']
export type MyData = Schemas['MyData']
export type MyGroup = Schemas['MyGroup']
export type MyHolding = Schemas['MyHolding']
export type MyConsent = Schemas['MyConsent']
export type MyAccess = Schemas['MyAccess']
export type MyContest = Schemas['MyContest']
export type MyDeparture = Schemas['MyDeparture']
export type MyKeeping = Schemas['MyKeeping']
export type MyReason = Schemas['MyReason']
export type Notice = Schemas['Notice']
export type Contest = Schemas['ContestView']

const key = {
  all: ['my'] as const,
  data: ['my', 'data'] as const,
  lists: ['my', 'holdings'] as const,
  holdings: (of: object) => ['my', 'holdings', of] as const,
  accesses: ['my', 'accesses'] as const,
  notice: ['my', 'notice'] as const,
  departures: ['my', 'departures'] as const,
  contests: ['my', 'contests'] as const,
  toAnswer: (state: string | undefined) => ['contests', state ?? 'all'] as const,
}

/** What clauses ask comes with the answer: whoever has left may not ask for them one by one. */
function cites<T extends { cited: Clause[] }>(answer: T): T {
  for (const clause of answer.cited) queryClient.setQueryData(clauseQuery(clause.id).queryKey, clause)
  return answer
}

/** While data is being ruled anew it is followed until that is done. */
const FOLLOW_MS = 500

export const myDataQuery = queryOptions({
  queryKey: key.data,
  queryFn: async () => {
    const wasFollowing = queryClient.getQueryData<MyData>(key.data)?.following
    const data = cites(await body(api.GET('/api/v1/my/data')))
    if (wasFollowing && !data.following) void queryClient.invalidateQueries({ queryKey: key.lists })
    return data
  },
  refetchInterval: (query) => (query.state.data?.following ? FOLLOW_MS : false),
})

export const myHoldingsQuery = (of: { class: string; controller: string; rule: string }) =>
  infiniteQueryOptions({
    queryKey: key.holdings(of),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/my/data/holdings', { params: { query: { ...of, cursor: pageParam, limit: 20 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const myAccessesQuery = infiniteQueryOptions({
  queryKey: key.accesses,
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam }) =>
    body(api.GET('/api/v1/my/accesses', { params: { query: { cursor: pageParam, limit: 30 } } })),
  getNextPageParam: (page) => page.next ?? undefined,
})

export const myNoticeQuery = queryOptions({
  queryKey: key.notice,
  queryFn: async () => cites(await body(api.GET('/api/v1/my/notice'))),
})

export const myDeparturesQuery = queryOptions({
  queryKey: key.departures,
  queryFn: async () => cites(await body(api.GET('/api/v1/my/departures'))),
})

export const myContestsQuery = queryOptions({
  queryKey: key.contests,
  queryFn: () => body(api.GET('/api/v1/my/contests')),
})

const changed = () => queryClient.invalidateQueries({ queryKey: key.all })

export const contest = mutationOptions({
  mutationFn: (what: { class: string; holding_id?: string; reason: string }) =>
    body(api.POST('/api/v1/my/contests', { body: what })),
  onSuccess: changed,
})

export const giveConsent = mutationOptions({
  mutationFn: (class_pattern: string) => body(api.POST('/api/v1/me/consents', { body: { class_pattern } })),
  onSuccess: changed,
})

export const withdrawConsent = mutationOptions({
  mutationFn: (id: string) => body(api.POST('/api/v1/me/consents/{id}/withdraw', { params: { path: { id } } })),
  onSuccess: changed,
})

/** A copy of what is mine. */
export async function download(): Promise<Blob> {
  return (await file('/api/v1/my/download')).blob()
}

/** What the privacy officer has to answer, or has answered. */
export const contestsQuery = (state: 'open' | undefined) =>
  infiniteQueryOptions({
    queryKey: key.toAnswer(state),
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => {
      const page = await body(
        api.GET('/api/v1/contests', { params: { query: { state, cursor: pageParam, limit: 30 } } }),
      )
      for (const one of page.items) cites(one)
      return page
    },
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const answerContest = mutationOptions({
  mutationFn: ({ id, ...answer }: { id: string; upheld: boolean; reason: string }) =>
    body(api.POST('/api/v1/contests/{id}/decide', { params: { path: { id } }, body: answer })),
  onSuccess: () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: ['contests'] }),
      queryClient.invalidateQueries({ queryKey: ['inbox'] }),
    ]),
})

export const contactQuery = queryOptions({
  queryKey: ['notice', 'contact'],
  queryFn: () => body(api.GET('/api/v1/notice/contact')),
})

export const publishContact = mutationOptions({
  mutationFn: ({ version, ...contact }: { version: number; contact: string; authority: string }) =>
    body(api.PATCH('/api/v1/notice/contact', { params: { header: ifMatch(version) }, body: contact })),
  onSettled: () => queryClient.invalidateQueries({ queryKey: ['notice'] }),
})
