import { mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type SetupGuide = components['schemas']['SetupGuide']
export type RoleToFill = components['schemas']['RoleToFill']
export type SourceHeard = components['schemas']['SourceHeard']

export const STEPS = ['organisation', 'source', 'roles', 'members'] as const
export type Step = (typeof STEPS)[number]

export const stepsMissing = (guide: SetupGuide): Step[] => STEPS.filter((step) => !guide[step].done)

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => body(api.GET('/api/v1/setup')),
})

export const confirmOrganisation = mutationOptions({
  mutationFn: () => body(api.POST('/api/v1/setup/organisation/confirm')),
  onSuccess: (guide) => queryClient.setQueryData(setupQuery.queryKey, guide),
})

/** Members to choose from before anything is typed. */
export const firstMembersQuery = queryOptions({
  queryKey: ['members', 'first'],
  queryFn: async () =>
    (await body(api.GET('/api/v1/members', { params: { query: { state: 'employed', limit: 8 } } }))).items,
})

export const giveSetUpLink = mutationOptions({
  mutationFn: (id: string) => body(api.POST('/api/v1/members/{id}/setup-link', { params: { path: { id } } })),
  onSuccess: () => queryClient.invalidateQueries({ queryKey: ['setup'] }),
})
