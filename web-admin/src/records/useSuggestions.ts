import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { findMembers } from '@/api/queries/find'
import { packQuery, usePackNames } from '@/api/queries/pack'
import { codesOf, currentLanguage, word } from '@/i18n'
import { useSettled } from '@/ui/useSettled'
import { actName } from './actName'
import { KEYS, type Key, OUTCOMES } from './filter'

/** What could come next in the query bar. One without a value is a key to go on from. */
export interface Suggestion {
  key: Key
  value?: string
  label: string
  hint?: string
}

const MOST = 12

/** Completes what is being typed: keys first, then what the key takes, acts and classes from the pack, people by search. */
export function useSuggestions(text: string, keyNames: Record<Key, string>): Suggestion[] {
  const { t } = useTranslation()
  const { data: pack } = useQuery(packQuery)
  const names = usePackNames()
  const started = /^([^:：]+)[:：]\s*(.*)$/.exec(text)
  const key = started ? KEYS.find((k) => k === started[1]?.trim() || keyNames[k] === started[1]?.trim()) : undefined
  const typed = started?.[2] ?? ''
  const isPerson = key === 'actor' || key === 'subject'
  const sought = useSettled(isPerson ? typed : '')
  const { data: people } = useQuery(findMembers(sought))

  return useMemo(() => {
    if (!key) {
      const begun = text.trim().toLowerCase()
      return KEYS.filter((k) => k.startsWith(begun) || keyNames[k].startsWith(begun)).map((k) => ({
        key: k,
        label: `${k}:`,
        hint: t(`records.keyHelp.${k}`),
      }))
    }
    const fits = (...texts: string[]) => texts.some((one) => one.toLowerCase().includes(typed.trim().toLowerCase()))
    const offer = (list: { value: string; label: string; hint?: string }[]): Suggestion[] =>
      list
        .filter((one) => fits(one.value, one.label))
        .slice(0, MOST)
        .map((one) => ({ key, ...one }))
    if (key === 'outcome')
      return offer(OUTCOMES.map((o) => ({ value: o, label: word('records.outcomes', o), hint: o })))
    if (key === 'action') {
      const acts = new Set([...codesOf('records.do'), ...(pack?.acts ?? []).map((a) => a.key)])
      return offer([...acts].map((act) => ({ value: act, label: actName(act, names), hint: act })))
    }
    if (key === 'class') {
      const english = currentLanguage() === 'en'
      return offer(
        (pack?.classes ?? []).map((c) => ({ value: c.key, label: english ? c.name_en : c.name_zh, hint: c.key })),
      )
    }
    if (key === 'since' || key === 'until') {
      return offer(['24h', '7d', '30d'].map((value) => ({ value, label: value, hint: t(`records.keyHelp.${key}`) })))
    }
    if (isPerson) {
      return (people ?? []).map((m) => ({
        key,
        value: key === 'actor' ? m.id : m.subject_id,
        label: m.name ?? m.staff_number ?? m.id,
        hint: m.staff_number ?? undefined,
      }))
    }
    return []
  }, [key, text, typed, isPerson, keyNames, pack, names, people, t])
}
