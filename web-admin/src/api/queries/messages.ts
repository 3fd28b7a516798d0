import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type Message = components['schemas']['Message']
export type MessageState = components['schemas']['MessageState']

const key = {
  all: ['messages'] as const,
  list: (filter: object) => ['messages', 'list', filter] as const,
}

export const messagesQuery = (filter: { state?: MessageState }) =>
  infiniteQueryOptions({
    queryKey: key.list(filter),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/messages', { params: { query: { ...filter, cursor: pageParam, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })

const FOLLOW_MS = 400

/** One message, followed until it is known what becomes of it. */
export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: [...key.all, 'one', id],
    queryFn: () => body(api.GET('/api/v1/messages/{id}', { params: { path: { id } } })),
    refetchInterval: (q) => (q.state.data && q.state.data.state !== 'received' ? false : FOLLOW_MS),
  })

export const replayMessage = mutationOptions({
  mutationFn: (id: string) => body(api.POST('/api/v1/messages/{id}/replay', { params: { path: { id } } })),
  onSuccess: async () => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: key.all }),
      queryClient.invalidateQueries({ queryKey: ['inbox'] }),
      queryClient.invalidateQueries({ queryKey: ['attention'] }),
    ])
  },
})
