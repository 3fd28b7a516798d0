import type { Organisation, SettingsChange } from '@/api/queries/organisation'

/** What of an organisation can be set. */
export interface Settings {
  name: string
  time_zone: string
  locale: string
  pack: string
  features: string[]
}

export const FIELDS = ['name', 'time_zone', 'locale', 'pack', 'features'] as const
export type Field = (typeof FIELDS)[number]

export function settingsOf(o: Organisation): Settings {
  const { name, time_zone, locale, pack, features } = o
  return { name, time_zone, locale, pack, features }
}

/** Only what differs is sent: what somebody else changes meanwhile is not undone by it. */
export function changesOf(base: Organisation, wanted: Settings): SettingsChange {
  const change: SettingsChange = {}
  if (wanted.name.trim() !== base.name) change.name = wanted.name.trim()
  if (wanted.time_zone !== base.time_zone) change.time_zone = wanted.time_zone
  if (wanted.locale !== base.locale) change.locale = wanted.locale
  if (wanted.pack !== base.pack) change.pack = wanted.pack
  // The features of another pack are others; they are chosen once it is in force.
  else if (!isSame(wanted.features, base.features)) change.features = wanted.features
  return change
}

export function isSame(one: string | string[], other: string | string[]): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  return one.length === other.length && one.every((value) => other.includes(value))
}
