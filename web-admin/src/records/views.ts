import { useSyncExternalStore } from 'react'
import { type Conditions, conditionsOf } from './filter'

/** Conditions under a name, kept in this browser. */
export interface SavedView {
  name: string
  conditions: Conditions
}

const MOST = 30
const listeners = new Set<() => void>()
const cache = new Map<string, { text: string; views: SavedView[] }>()
const keyOf = (tenant: string) => `tenure.records.views.${tenant}`

function kept(tenant: string): SavedView[] {
  const text = window.localStorage.getItem(keyOf(tenant)) ?? '[]'
  const known = cache.get(tenant)
  if (known?.text === text) return known.views
  const views = parsed(text)
  cache.set(tenant, { text, views })
  return views
}

function parsed(text: string): SavedView[] {
  try {
    const list: unknown = JSON.parse(text)
    if (!Array.isArray(list)) return []
    return list.flatMap((one) =>
      typeof one?.name === 'string' ? [{ name: one.name, conditions: conditionsOf(one.conditions ?? {}) }] : [],
    )
  } catch {
    return [] // Somebody else wrote there; what cannot be read is as if it were not there.
  }
}

function keep(tenant: string, views: SavedView[]) {
  window.localStorage.setItem(keyOf(tenant), JSON.stringify(views.slice(0, MOST)))
  for (const tell of listeners) tell()
}

/** The views that somebody saved in this browser for an organisation. */
export function useSavedViews(tenant: string) {
  const views = useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => kept(tenant),
  )
  return {
    views,
    add: (view: SavedView) => keep(tenant, [view, ...views.filter((v) => v.name !== view.name)]),
    remove: (name: string) =>
      keep(
        tenant,
        views.filter((v) => v.name !== name),
      ),
  }
}

/** Views that everybody has. */
export const BUILT_IN: { key: 'today' | 'refusals' | 'exports' | 'signIns' | 'destroyed'; conditions: Conditions }[] = [
  { key: 'today', conditions: { since: '24h' } },
  { key: 'refusals', conditions: { outcome: 'refused', since: '30d' } },
  { key: 'exports', conditions: { action: 'records.export' } },
  { key: 'signIns', conditions: { action: 'sign-in', since: '7d' } },
  { key: 'destroyed', conditions: { action: 'orders.carry-out' } },
]
