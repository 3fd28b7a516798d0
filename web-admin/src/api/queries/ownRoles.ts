import { mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type OwnRole = components['schemas']['OwnRoleView']
export type NewOwnRole = components['schemas']['NewOwnRole']

/** Roles that the organisation defined for itself, and what they exclude. */
export const ownRolesQuery = queryOptions({
  queryKey: ['own-roles'],
  staleTime: 60_000,
  queryFn: () => body(api.GET('/api/v1/own-roles')),
})

export const defineRole = mutationOptions({
  mutationFn: (wanted: NewOwnRole) => body(api.POST('/api/v1/own-roles', { body: wanted })),
  onSuccess: async () => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['own-roles'] }),
      queryClient.invalidateQueries({ queryKey: ['instructions'] }),
      queryClient.invalidateQueries({ queryKey: ['members'] }),
    ])
  },
})
