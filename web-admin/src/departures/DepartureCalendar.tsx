import { useTranslation } from 'react-i18next'
import type { Departure } from '@/api/queries/departures'
import { dayOf } from '@/ui/format'
import { MonthEntry, MonthGrid } from '@/ui/MonthGrid'

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
  const shown = month ?? departures[0]?.last_day.slice(0, 7) ?? dayOf(new Date()).slice(0, 7)
  return (
    <MonthGrid label={t('departures.asCalendar')} month={shown} onMonth={onMonth}>
      {(date) =>
        departures
          .filter((d) => d.last_day === date)
          .map((d) => (
            <MonthEntry
              key={d.id}
              accent={d.state === 'submitted' || d.state === 'carrying_out'}
              onOpen={() => onOpen(d)}
            >
              {d.name ?? d.staff_number}
            </MonthEntry>
          ))
      }
    </MonthGrid>
  )
}
