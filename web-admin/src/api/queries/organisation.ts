import { mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body, ifMatch } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'
import { sessionQuery } from '../session'

export type Organisation = components['schemas']['OrganisationSettings']
export type SettingsChange = components['schemas']['SettingsChange']
export type SettingsEffect = components['schemas']['SettingsEffect']

export const organisationQuery = queryOptions({
  queryKey: ['organisation'],
  queryFn: () => body(api.GET('/api/v1/organisation')),
})

/** How it stands this moment, past what is cached. */
export const readOrganisation = () => queryClient.fetchQuery({ ...organisationQuery, staleTime: 0 })

/** What another pack or other features would rule anew, counted before anything is changed. */
export const effectQuery = (change: SettingsChange, enabled: boolean) =>
  queryOptions({
    queryKey: ['organisation', 'effect', change],
    enabled,
    staleTime: 60_000,
    queryFn: () => body(api.POST('/api/v1/organisation/preview', { body: change })),
  })

export const changeOrganisation = mutationOptions({
  mutationFn: ({ version, change }: { version: number; change: SettingsChange }) =>
    body(api.PATCH('/api/v1/organisation', { params: { header: ifMatch(version) }, body: change })),
  // Not waited for: until the form has taken over what was saved, what somebody chooses next would be lost.
  onSuccess: (now) => {
    queryClient.setQueryData(organisationQuery.queryKey, now)
    // Name and time zone stand in the frame of every page; another pack has other names and powers.
    for (const queryKey of [sessionQuery.queryKey, ['pack'], ['powers'], ['setup'], ['organisation']]) {
      void queryClient.invalidateQueries({ queryKey })
    }
  },
})
