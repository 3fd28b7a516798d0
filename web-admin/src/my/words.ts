import type { MyKeeping, MyReason } from '@/api/queries/my'
import { currentLanguage, type Say, word } from '@/i18n'
import { day, dayOf, number } from '@/ui/format'

/** A class in the reader's language. */
export function nameOf(c: { name_zh: string; name_en: string }): string {
  return currentLanguage() === 'en' ? c.name_en : c.name_zh
}

/** A reason in the reader's language. */
export function reasonOf(why: MyReason): string {
  return currentLanguage() === 'en' ? why.en : why.zh
}

export function itemsOf(t: Say, n: number): string {
  return t('my.items', { n: number(n), count: n })
}

/** From the first to the last day; one day where both are the same. */
export function spanOf(t: Say, first?: string | null, last?: string | null): string | null {
  if (!first || !last) return null
  const [from, to] = [dayOf(first), dayOf(last)]
  return from === to ? day(from) : t('my.spanning', { from: day(from), to: day(to) })
}

/** How long something is kept, in a phrase. */
export function keepingOf(t: Say, keeping?: MyKeeping | null, until?: string | null): string {
  const last = until ?? keeping?.until
  if (!keeping) return last ? t('my.keptUntilOnly', { day: day(last) }) : t('my.noSchedule')
  const fate = word('my.fates', keeping.then)
  if (last) return t('my.keptUntil', { day: day(last), fate })
  if (keeping.years + keeping.months + keeping.days === 0) {
    return t('my.keptThrough', { event: word('my.from', keeping.from), fate })
  }
  const parts = [
    keeping.years > 0 && t('my.years', { n: keeping.years, count: keeping.years }),
    keeping.months > 0 && t('my.months', { n: keeping.months, count: keeping.months }),
    keeping.days > 0 && t('my.days', { n: keeping.days, count: keeping.days }),
  ]
  return t('my.keptFor', { from: word('my.from', keeping.from), period: parts.filter(Boolean).join(' '), fate })
}
