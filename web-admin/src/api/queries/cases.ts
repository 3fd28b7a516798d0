import { infiniteQueryOptions, mutationOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type Case = components['schemas']['CaseView']
export type CaseKind = components['schemas']['CaseKind']
export type CaseState = components['schemas']['CaseState']
export type NewCase = components['schemas']['NewCase']

/** All of them, for whoever may read cases; else those that are assigned to oneself. */
export const casesQuery = (filter: { state?: CaseState; own: boolean }) =>
  infiniteQueryOptions({
    queryKey: ['cases', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => {
      const params = { query: { state: filter.state, cursor: pageParam, limit: 50 } }
      return body(filter.own ? api.GET('/api/v1/me/cases', { params }) : api.GET('/api/v1/cases', { params }))
    },
    getNextPageParam: (page) => page.next ?? undefined,
  })

async function changed() {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['cases'] }),
    queryClient.invalidateQueries({ queryKey: ['instructions'] }),
  ])
}

export const openCase = mutationOptions({
  mutationFn: (wanted: NewCase) => body(api.POST('/api/v1/cases', { body: wanted })),
  onSuccess: changed,
})

export const assignCase = mutationOptions({
  mutationFn: ({ id, assignee }: { id: string; assignee: string }) =>
    body(api.POST('/api/v1/cases/{id}/assign', { params: { path: { id } }, body: { assignee } })),
  onSuccess: changed,
})

export const prolongCase = mutationOptions({
  mutationFn: (id: string) => body(api.POST('/api/v1/cases/{id}/prolong', { params: { path: { id } }, body: {} })),
  onSuccess: changed,
})

/** Whoever manages cases closes any; an assignee closes their own. */
export const closeCase = mutationOptions({
  mutationFn: ({ id, outcome, own }: { id: string; outcome: string; own: boolean }) =>
    body(
      own
        ? api.POST('/api/v1/me/cases/{id}/close', { params: { path: { id } }, body: { outcome } })
        : api.POST('/api/v1/cases/{id}/close', { params: { path: { id } }, body: { outcome } }),
    ),
  onSuccess: changed,
})
