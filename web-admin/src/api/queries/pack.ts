import { queryOptions, useQuery } from '@tanstack/react-query'
import { currentLanguage } from '@/i18n'
import { api, body } from '../client'
import type { components } from '../schema'

export type Pack = components['schemas']['PackView']
export type DataClass = components['schemas']['ClassView']

export const packQuery = queryOptions({
  queryKey: ['pack'],
  staleTime: 5 * 60_000,
  queryFn: () => body(api.GET('/api/v1/packs/current')),
})

/** Names, in the reader's language, of what packs name by key. Until the pack is there, and where it has no name, the key. */
export function usePackNames() {
  const { data } = useQuery(packQuery)
  const named = (list: { key: string; name_zh: string; name_en: string }[] | undefined, key: string) => {
    const found = list?.find((one) => one.key === key)
    if (!found) return key
    return currentLanguage() === 'en' ? found.name_en : found.name_zh
  }
  return {
    ofClass: (key: string) => named(data?.classes, key),
    ofRole: (key: string) => named(data?.roles, key),
    ofAct: (key: string) => named(data?.acts, key),
    dataClass: (key: string): DataClass | undefined => data?.classes.find((c) => c.key === key),
  }
}
