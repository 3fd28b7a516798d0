import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'
import type { Lanes } from './departures'

export type Card = components['schemas']['Card']
export type Tab = components['schemas']['InboxTab']
export type Decision = components['schemas']['Decision']
export type Consequence = components['schemas']['Consequence']

export type Named = { name?: string | null; staff_number?: string | null }

/** What else belongs to a card, by its kind; the description calls it an object. */
export interface CardFacts {
  state?: string
  last_day?: string
  department?: string | null
  position?: string | null
  lanes?: Lanes
  lines?: number
  /** Codes of what was raised about a plan; of something raised, `reason` is such a code. */
  raised?: string[]
  waiting?: number
  reason?: string | null
  detail?: string
  until?: string | null
  operations?: string[]
  roles?: string[]
  /** Whom a grant permits by name: the first of them, and how many there are. */
  members?: Named[]
  members_in_all?: number
  retain_until?: string | null
  /** To whom copies go, who takes them, who receives what is handed over. */
  recipient?: string | null
  executor?: Named | null
  successor?: Named | null
}

export const factsOf = (card: Card) => card.facts as CardFacts

/** What belongs into the sentence of a consequence. */
export const withOf = (c: Consequence) =>
  c.with as { at?: string | null; until?: string | null; access_ends_at?: string; roles?: string[] }

const key = {
  all: ['inbox'] as const,
  tab: (tab: Tab) => ['inbox', tab] as const,
  counts: ['inbox', 'counts'] as const,
}

/** What others decide or ask meanwhile is seen this soon. */
const LOOKS_EVERY_MS = 30_000

export const inboxQuery = (tab: Tab) =>
  infiniteQueryOptions({
    queryKey: key.tab(tab),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/inbox', { params: { query: { tab, cursor: pageParam, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: LOOKS_EVERY_MS,
  })

/** How many wait, for the navigation. */
export const inboxCountsQuery = queryOptions({
  queryKey: key.counts,
  queryFn: async () => (await body(api.GET('/api/v1/inbox', { params: { query: { limit: 1 } } }))).counts ?? null,
  refetchInterval: 2 * LOOKS_EVERY_MS,
})

/** A word that is said once, whatever happens to the answer: under its own key, and by a page that is being left too. */
export interface SaidOnce {
  key: string
  cards: string[]
  decision: Decision
  reason?: string
}

export const decideCards = ({ key: once, ...said }: SaidOnce) =>
  body(api.POST('/api/v1/inbox/decide', { body: said, headers: { 'Idempotency-Key': once }, keepalive: true }))

export const handInPlan = (id: string, once: string) =>
  body(
    api.POST('/api/v1/departures/{id}/submit', {
      params: { path: { id } },
      headers: { 'Idempotency-Key': once },
      keepalive: true,
    }),
  )

/** After a word was said: everything that it may have moved. Done when what is on the screen has been read anew. */
export async function inboxChanged() {
  await Promise.all(
    [key.all, ['instructions'], ['departures'], ['attention'], ['messages']].map((queryKey) =>
      queryClient.invalidateQueries({ queryKey }),
    ),
  )
}

export const settleCard = mutationOptions({
  mutationFn: ({ id, note }: { id: string; note: string }) =>
    body(api.POST('/api/v1/attention/{id}/resolve', { params: { path: { id } }, body: { note } })),
  onSuccess: inboxChanged,
})

export const takeBackRequest = mutationOptions({
  mutationFn: ({ id, reason }: { id: string; reason: string }) =>
    body(api.POST('/api/v1/instructions/{id}/withdraw', { params: { path: { id } }, body: { reason } })),
  onSuccess: inboxChanged,
})

export const applyAgain = mutationOptions({
  mutationFn: (id: string) => body(api.POST('/api/v1/messages/{id}/replay', { params: { path: { id } } })),
  onSuccess: inboxChanged,
})

export const sendAgain = mutationOptions({
  mutationFn: (id: string) => api.POST('/api/v1/deliveries/{id}/retry', { params: { path: { id } } }),
  onSuccess: inboxChanged,
})
