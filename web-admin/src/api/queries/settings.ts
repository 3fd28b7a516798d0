import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type Source = components['schemas']['Source']
export type CreatedSource = components['schemas']['CreatedSource']
export type ApiKey = components['schemas']['ApiKey']
export type CreatedApiKey = components['schemas']['CreatedApiKey']
export type NewApiKey = components['schemas']['NewApiKey']
export type LiveSession = components['schemas']['Session']
export type Attention = components['schemas']['Attention']

const key = {
  sources: ['sources'] as const,
  keys: ['api-keys'] as const,
  sessions: ['sessions'] as const,
  attention: ['attention'] as const,
  checkpoint: ['ledger', 'checkpoint'] as const,
}

const stale = (...keys: (readonly string[])[]) =>
  Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })))

export const sourcesQuery = queryOptions({
  queryKey: key.sources,
  queryFn: () => body(api.GET('/api/v1/sources')),
})

export const createSource = mutationOptions({
  mutationFn: (name: string) => body(api.POST('/api/v1/sources', { body: { name } })),
  onSuccess: () => stale(key.sources, ['setup']),
})

export const rotateSource = mutationOptions({
  mutationFn: (id: string) => body(api.POST('/api/v1/sources/{id}/rotate', { params: { path: { id } } })),
  onSuccess: () => stale(key.sources),
})

/** Has a source say that the way is open. */
export const testSource = mutationOptions({
  mutationFn: (id: string) => body(api.POST('/api/v1/sources/{id}/test', { params: { path: { id } } })),
  onSuccess: () => stale(['setup'], ['messages']),
})

export const keysQuery = infiniteQueryOptions({
  queryKey: key.keys,
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam }) =>
    body(api.GET('/api/v1/api-keys', { params: { query: { cursor: pageParam, limit: 50 } } })),
  getNextPageParam: (page) => page.next ?? undefined,
})

export const createKey = mutationOptions({
  mutationFn: (wanted: NewApiKey) => body(api.POST('/api/v1/api-keys', { body: wanted })),
  onSuccess: () => stale(key.keys),
})

export const revokeKey = mutationOptions({
  mutationFn: (id: string) => api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } }),
  onSuccess: () => stale(key.keys),
})

export const sessionsQuery = infiniteQueryOptions({
  queryKey: key.sessions,
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam }) =>
    body(api.GET('/api/v1/auth/sessions', { params: { query: { cursor: pageParam, limit: 50 } } })),
  getNextPageParam: (page) => page.next ?? undefined,
})

export const endSession = mutationOptions({
  mutationFn: (id: string) => api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } }),
  onSuccess: () => stale(key.sessions),
})

/** Ends every session of the account, also this one. */
export const signOutEverywhere = mutationOptions({
  mutationFn: () => body(api.POST('/api/v1/auth/sign-out-everywhere')),
})

export const attentionQuery = infiniteQueryOptions({
  queryKey: key.attention,
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam }) =>
    body(api.GET('/api/v1/attention', { params: { query: { open: true, cursor: pageParam, limit: 50 } } })),
  getNextPageParam: (page) => page.next ?? undefined,
  refetchInterval: 60_000,
})

export const resolveAttention = mutationOptions({
  mutationFn: ({ id, note }: { id: string; note: string }) =>
    body(api.POST('/api/v1/attention/{id}/resolve', { params: { path: { id } }, body: { note } })),
  onSuccess: () => stale(key.attention, ['inbox']),
})

/** Sends what of an order is open to its connector once more. */
export const retryDelivery = mutationOptions({
  mutationFn: (id: string) => api.POST('/api/v1/deliveries/{id}/retry', { params: { path: { id } } }),
  onSuccess: () => stale(key.attention, ['inbox']),
})

export const checkpointQuery = queryOptions({
  queryKey: key.checkpoint,
  queryFn: () => body(api.GET('/api/v1/ledger/checkpoint')),
})
