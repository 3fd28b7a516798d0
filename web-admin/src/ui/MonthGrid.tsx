import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { currentLanguage } from '@/i18n'
import { dayOf } from './format'
import css from './MonthGrid.module.css'

/** A month as a grid of days, Mondays first, with a way to the months beside it. Months are `2026-03`, days `2026-03-31`. */
export function MonthGrid({
  label,
  month,
  onMonth,
  children,
}: {
  label: string
  month: string
  onMonth: (month: string) => void
  /** What stands on a day. */
  children: (date: string) => ReactNode
}) {
  const { t } = useTranslation()
  const today = dayOf(new Date())
  const days = daysOf(month)
  const title = new Intl.DateTimeFormat(currentLanguage(), { timeZone: 'UTC', year: 'numeric', month: 'long' })
  const weekday = new Intl.DateTimeFormat(currentLanguage(), { timeZone: 'UTC', weekday: 'short' })
  return (
    <section aria-label={label}>
      <div className={css.head}>
        <Button aria-label={t('ui.monthBefore')} onClick={() => onMonth(moved(month, -1))}>
          {'‹'}
        </Button>
        <h2 aria-live="polite">{title.format(new Date(`${month}-01T00:00:00Z`))}</h2>
        <Button aria-label={t('ui.monthAfter')} onClick={() => onMonth(moved(month, 1))}>
          {'›'}
        </Button>
      </div>
      <div className={css.grid}>
        {days.slice(0, 7).map((date) => (
          <div key={date} className={css.weekday}>
            {weekday.format(new Date(`${date}T00:00:00Z`))}
          </div>
        ))}
        {days.map((date) => (
          <div key={date} className={css.day} data-outside={!date.startsWith(month)} data-today={date === today}>
            <span className={css.date}>{Number(date.slice(8))}</span>
            {children(date)}
          </div>
        ))}
      </div>
    </section>
  )
}

/** Something that stands on a day and leads somewhere. */
export function MonthEntry({
  accent = false,
  onOpen,
  children,
}: {
  accent?: boolean
  onOpen: () => void
  children: ReactNode
}) {
  return (
    <button type="button" className={css.entry} data-accent={accent} onClick={onOpen}>
      {children}
    </button>
  )
}

/** The days of the weeks that a month touches, Mondays first. */
export function daysOf(month: string): string[] {
  const first = new Date(`${month}-01T00:00:00Z`)
  const start = new Date(first)
  start.setUTCDate(1 - ((first.getUTCDay() + 6) % 7))
  const end = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0))
  const days: string[] = []
  for (const d = start; d <= end || days.length % 7 !== 0; d.setUTCDate(d.getUTCDate() + 1)) {
    days.push(d.toISOString().slice(0, 10))
  }
  return days
}

function moved(month: string, by: number): string {
  const first = new Date(`${month}-01T00:00:00Z`)
  first.setUTCMonth(first.getUTCMonth() + by)
  return first.toISOString().slice(0, 7)
}
