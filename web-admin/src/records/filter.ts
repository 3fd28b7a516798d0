import type { RecordFilter } from '@/api/queries/records'
import { instantOf } from '@/ui/format'
import { visible } from '@/ui/visible'

/** The conditions, in the order in which they are offered. The address holds their values as they were written. */
export const KEYS = [
  'actor',
  'action',
  'class',
  'subject',
  'object',
  'instruction',
  'outcome',
  'since',
  'until',
] as const
export type Key = (typeof KEYS)[number]
export type Conditions = Partial<Record<Key, string>>

export const OUTCOMES = ['done', 'permitted', 'refused', 'failed'] as const

const RELATIVE = /^(\d{1,4})([hd])$/

/** A time as somebody writes it: a day, a minute, or so long ago. Null for what is none of them. */
export function timeOf(written: string, now: Date): string | null {
  const ago = RELATIVE.exec(written)
  if (ago) {
    // To the minute: within one minute the same question has the same answer, and is asked once.
    const minute = Math.floor(now.getTime() / 60_000) * 60_000
    const hours = Number(ago[1]) * (ago[2] === 'd' ? 24 : 1)
    return new Date(minute - hours * 3_600_000).toISOString()
  }
  const full = Date.parse(written)
  if (/T.*(Z|[+-]\d\d:\d\d)$/.test(written) && !Number.isNaN(full)) return new Date(full).toISOString()
  return instantOf(written)
}

/** The conditions as the API takes them. */
export function filterOf(conditions: Conditions, now: Date): RecordFilter {
  const { action, since, until, ...same } = conditions
  return {
    ...same,
    act: action,
    since: since ? (timeOf(since, now) ?? undefined) : undefined,
    until: until ? (timeOf(until, now) ?? undefined) : undefined,
  }
}

/** What can be wrong with a condition that somebody wrote. */
export type Fault = { fault: 'unknownTerm' | 'badTime'; term: string }

const TERM = /^([a-z]+|[\u4e00-\u9fff]+)[:：]\s*(.+)$/

/** One condition as it was written, `outcome:refused`; keys are understood in the reader's language too. */
export function read(term: string, names: Record<Key, string>): { key: Key; value: string } | Fault {
  const clean = visible(term)
  const parts = TERM.exec(clean)
  const key = parts && KEYS.find((k) => k === parts[1] || names[k] === parts[1])
  if (!parts?.[2] || !key) return { fault: 'unknownTerm', term: clean }
  const value = parts[2].trim()
  if ((key === 'since' || key === 'until') && timeOf(value, new Date()) === null)
    return { fault: 'badTime', term: value }
  return { key, value }
}

/** The conditions of an address; what is no condition is dropped. */
export function conditionsOf(search: Record<string, unknown>): Conditions {
  const found: Conditions = {}
  for (const key of KEYS) {
    const value = search[key]
    if (typeof value === 'string' && value !== '') found[key] = value.slice(0, 200)
    else if (typeof value === 'number') found[key] = String(value)
  }
  return found
}
