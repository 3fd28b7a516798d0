import { mutationOptions, queryOptions, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { currentLanguage } from '@/i18n'
import { api, body } from '../client'
import type { components } from '../schema'
import { ownRolesQuery } from './ownRoles'

export type Pack = components['schemas']['PackView']
export type DataClass = components['schemas']['ClassView']

export const packQuery = queryOptions({
  queryKey: ['pack'],
  staleTime: 5 * 60_000,
  queryFn: () => body(api.GET('/api/v1/packs/current')),
})

export type ControlRule = components['schemas']['ControlRuleView']
export type Clause = components['schemas']['ClauseView']

/** The packs on the shelf, to compare the one in force with. */
export const shelfQuery = queryOptions({
  queryKey: ['packs', 'shelf'],
  staleTime: 5 * 60_000,
  queryFn: () => body(api.GET('/api/v1/packs')),
})

export const packByNameQuery = (name: string) =>
  queryOptions({
    queryKey: ['packs', 'one', name],
    staleTime: 5 * 60_000,
    queryFn: () => body(api.GET('/api/v1/packs/{name}', { params: { path: { name } } })),
  })

/** What a clause asks, and its place in its source. Clauses do not change while the program runs. */
export const clauseQuery = (id: string) =>
  queryOptions({
    queryKey: ['clauses', id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => body(api.GET('/api/v1/clauses/{id}', { params: { path: { id } } })),
  })

/** Facts about one side of a holding: config/schema/facts.schema.json. */
export interface Facts {
  class: string
  account: string
  capacity?: string
  membership?: string
  service?: { name: string; opened_by: string }
  conversation?: string
  source?: string
  features?: string[]
  consent?: string
  age?: string
  certification?: string
}

/** Who would control it, and every rule that was read until one decided. */
export interface Tried {
  ruling: {
    controller: 'organisation' | 'person'
    rule: string | null
    clauses: string[]
    reason_zh: string
    reason_en: string
    settled: boolean
    rule_missing: boolean
    conditions: string[]
  }
  read: { rule: string; unmet: { fact: string; found: string; wanted: string[] } | null }[]
}

export const tryRuling = mutationOptions({
  // The description calls both sides objects: their shapes are those of the published schemas.
  mutationFn: (facts: Facts) =>
    body(api.POST('/api/v1/rulings/try', { body: facts as never })) as unknown as Promise<Tried>,
})

/** Names, in the reader's language, of what packs name by key. Until the pack is there, and where it has no name, the key. */
export function usePackNames() {
  const { data } = useQuery(packQuery)
  const { data: own } = useQuery(ownRolesQuery)
  const language = currentLanguage()
  return useMemo(() => {
    const named = (list: { key: string; name_zh: string; name_en: string }[] | undefined, key: string) => {
      const found = list?.find((one) => one.key === key)
      if (!found) return key
      return language === 'en' ? found.name_en : found.name_zh
    }
    return {
      classes: data?.classes ?? [],
      /** Those of the pack, and those of the organisation's own that somebody may hold. */
      roles: [
        ...(data?.roles ?? []),
        ...(own?.roles ?? []).filter((r) => r.state === 'in_force').map((r) => ({ ...r, sensitive: true })),
      ],
      ofClass: (key: string) => named(data?.classes, key),
      ofRole: (key: string) => named(key.startsWith('own.') ? own?.roles : data?.roles, key),
      /** Why an approval rule asks for a yes, in words; its id where the pack of today has no such rule. */
      ofApproval: (id: string) => {
        const rule = data?.approvals.find((a) => a.id === id)
        return (language === 'en' ? rule?.reason_en : rule?.reason_zh) ?? id
      },
      ofAct: (key: string) => named(data?.acts, key),
      dataClass: (key: string): DataClass | undefined => data?.classes.find((c) => c.key === key),
    }
  }, [data, own, language])
}
