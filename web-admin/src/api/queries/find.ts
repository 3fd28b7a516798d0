import { queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import type { components } from '../schema'

export type Member = components['schemas']['MemberView']

/** What a box that completes names offers at most. */
export const MOST_FOUND = 8

/** Members by what somebody typed: a name in characters, pinyin or initials, a staff number, a whole address or phone number. */
export const findMembers = (typed: string) =>
  queryOptions({
    queryKey: ['members', 'find', typed],
    enabled: typed.trim() !== '',
    staleTime: 60_000,
    placeholderData: (before: Member[] | undefined) => before,
    queryFn: async () =>
      (await body(api.GET('/api/v1/members', { params: { query: { q: typed.trim(), limit: MOST_FOUND } } }))).items,
  })

export const memberQuery = (id: string) =>
  queryOptions({
    queryKey: ['members', 'one', id],
    staleTime: 5 * 60_000,
    queryFn: () => body(api.GET('/api/v1/members/{id}', { params: { path: { id } } })),
  })
