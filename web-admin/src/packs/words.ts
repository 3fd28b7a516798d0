import i18next from 'i18next'
import type { Pack, usePackNames } from '@/api/queries/pack'
import { currentLanguage, hasWord, word } from '@/i18n'
import { visible } from '@/ui/visible'

type Names = ReturnType<typeof usePackNames>

/** One of the two texts that packs write everything in. */
export function inLanguage(zh: string, en: string): string {
  return currentLanguage() === 'en' ? en : zh
}

/** Class patterns as words: `attendance.*` names its head, a class its name. */
export function patternWords(patterns: string[], names: Names): string {
  return patterns
    .map((p) => {
      if (p === '*') return word('instructions', 'everyClass')
      return p.endsWith('.*') ? i18next.t('packs.allOfHead', { head: p.slice(0, -2) }) : names.ofClass(p)
    })
    .join(i18next.t('instructions.listAnd'))
}

/** What a fact was, or should have been, in words. */
export function factValues(fact: string, values: string[], names: Names): string {
  if (fact === 'class') return patternWords(values, names)
  return values
    .map((v) => (hasWord(`packs.values.${fact}`, v) ? word(`packs.values.${fact}`, v) : word('packs.features', v)))
    .join(i18next.t('packs.or'))
}

/** The conditions of a control rule, each "fact is this or that"; only those that ask for anything. */
export function conditionsOf(when: Record<string, string[]>, names: Names): string[] {
  return Object.entries(when)
    .filter(([, values]) => values.length > 0)
    .map(([fact, values]) =>
      i18next.t('packs.is', { fact: word('packs.facts', fact), values: factValues(fact, values, names) }),
    )
}

/** Whether a rule holds what somebody seeks: its id, its texts, its clauses, the names of its classes. */
export function holds(sought: string, ...texts: (string | string[] | undefined)[]): boolean {
  const wanted = visible(sought).toLowerCase()
  return wanted === '' || texts.flat().some((text) => text?.toLowerCase().includes(wanted))
}

/** A length of civil time: `2 年`, `6 个月`. */
export function periodWords(p: { years: number; months: number; days: number } | null | undefined): string | null {
  if (!p) return null
  const part = (unit: 'years' | 'months' | 'days') =>
    p[unit] > 0 ? i18next.t(`packs.period.${unit}`, { count: p[unit], n: p[unit] }) : ''
  return [part('years'), part('months'), part('days')].filter(Boolean).join(' ')
}

/** Every feature that any rule of the pack asks about. */
export function featuresOf(pack: Pack): string[] {
  const asked = pack.control.flatMap((r) => [...(r.when.feature_on ?? []), ...(r.when.feature_off ?? [])])
  return [...new Set(asked)]
}
