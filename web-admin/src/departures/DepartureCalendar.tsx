import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Departure } from '@/api/queries/departures'
import { currentLanguage } from '@/i18n'
import { dayOf } from '@/ui/format'
import css from './DepartureCalendar.module.css'

/** Last days, month by month. */
export function DepartureCalendar({
  departures,
  month,
  onMonth,
  onOpen,
}: {
  departures: Departure[]
  month: string | undefined
  onMonth: (month: string) => void
  onOpen: (d: Departure) => void
}) {
  const { t } = useTranslation()
  const today = dayOf(new Date())
  const shown = month ?? departures[0]?.last_day.slice(0, 7) ?? today.slice(0, 7)
  const days = daysOf(shown)
  const title = new Intl.DateTimeFormat(currentLanguage(), { timeZone: 'UTC', year: 'numeric', month: 'long' })
  const weekday = new Intl.DateTimeFormat(currentLanguage(), { timeZone: 'UTC', weekday: 'short' })
  return (
    <section aria-label={t('departures.asCalendar')}>
      <div className={css.head}>
        <Button aria-label={t('departures.monthBefore')} onClick={() => onMonth(moved(shown, -1))}>
          {'‹'}
        </Button>
        <h2 aria-live="polite">{title.format(new Date(`${shown}-01T00:00:00Z`))}</h2>
        <Button aria-label={t('departures.monthAfter')} onClick={() => onMonth(moved(shown, 1))}>
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
          <div key={date} className={css.day} data-outside={!date.startsWith(shown)} data-today={date === today}>
            <span className={css.date}>{Number(date.slice(8))}</span>
            {departures
              .filter((d) => d.last_day === date)
              .map((d) => (
                <button key={d.id} type="button" className={css.entry} data-state={d.state} onClick={() => onOpen(d)}>
                  {d.name ?? d.staff_number}
                </button>
              ))}
          </div>
        ))}
      </div>
    </section>
  )
}

/** The days of the weeks that a month touches, Mondays first. */
function daysOf(month: string): string[] {
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
  return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + by, 1)).toISOString().slice(0, 7)
}
