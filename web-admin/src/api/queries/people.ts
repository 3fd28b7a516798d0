import { infiniteQueryOptions, keepPreviousData, mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body, file } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type Member = components['schemas']['MemberView']
export type MembershipState = components['schemas']['MembershipState']
export type Department = components['schemas']['DepartmentView']
export type Assignment = components['schemas']['RoleAssignmentView']
export type RoleOffer = components['schemas']['RoleOffer']
export type ImportReport = components['schemas']['ImportReport']

/** Which members, in the API's own words. */
export interface MemberFilter {
  q?: string
  state?: MembershipState
  within?: string
  role?: string
}

const PAGE = 100

export const membersQuery = (filter: MemberFilter) =>
  infiniteQueryOptions({
    queryKey: ['members', 'list', filter],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/members', { params: { query: { ...filter, cursor: pageParam, limit: PAGE } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const departmentsQuery = queryOptions({
  queryKey: ['departments'],
  staleTime: 60_000,
  queryFn: () => body(api.GET('/api/v1/departments')),
})

/** All tenures of one person. */
export const tenuresQuery = (subject: string) =>
  queryOptions({
    queryKey: ['members', 'tenures', subject],
    queryFn: async () => (await body(api.GET('/api/v1/members', { params: { query: { subject, limit: 50 } } }))).items,
  })

export const assignmentsQuery = (by: { membership?: string; role?: string; held?: boolean }) =>
  infiniteQueryOptions({
    queryKey: ['members', 'assignments', by],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/role-assignments', { params: { query: { ...by, cursor: pageParam, limit: PAGE } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** Every role, and whether this member could be given it. */
export const offersQuery = (id: string) =>
  queryOptions({
    queryKey: ['members', 'offers', id],
    queryFn: () => body(api.GET('/api/v1/members/{id}/roles', { params: { path: { id } } })),
  })

export const departuresOfQuery = (membership: string) =>
  queryOptions({
    queryKey: ['departures', 'of', membership],
    queryFn: async () =>
      (await body(api.GET('/api/v1/departures', { params: { query: { membership, limit: 50 } } }))).items,
  })

async function changed() {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['members'] }),
    queryClient.invalidateQueries({ queryKey: ['departments'] }),
    queryClient.invalidateQueries({ queryKey: ['departures'] }),
    queryClient.invalidateQueries({ queryKey: ['setup'] }),
  ])
}

export const assignRole = mutationOptions({
  mutationFn: (role: components['schemas']['NewAssignment']) =>
    body(api.POST('/api/v1/role-assignments', { body: role })),
  onSuccess: changed,
})

export const revokeRole = mutationOptions({
  mutationFn: (id: string) => body(api.DELETE('/api/v1/role-assignments/{id}', { params: { path: { id } } })),
  onSuccess: changed,
})

/** Erases the name of somebody who has left, for good. */
export const forgetSubject = mutationOptions({
  mutationFn: ({ subject, reason }: { subject: string; reason: string }) =>
    body(api.POST('/api/v1/subjects/{id}/forget', { params: { path: { id: subject } }, body: { reason } })),
  onSuccess: changed,
})

export const importMembers = mutationOptions({
  mutationFn: ({ file, dryRun }: { file: File; dryRun: boolean }) =>
    body(
      api.POST('/api/v1/members/import', {
        params: { query: { dry_run: dryRun } },
        // The file goes as it is: what reads it is on the server.
        body: file as unknown as string,
        bodySerializer: (f) => f as unknown as BodyInit,
        headers: { 'Content-Type': 'text/csv' },
      }),
    ),
  onSuccess: (_, { dryRun }) => (dryRun ? undefined : changed()),
})

/** Begins an export; a refusal is thrown as the problem that it is. */
export function exportedMembers(filter: MemberFilter): Promise<Response> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value)
  return file(`/api/v1/members/export?${query}`)
}
