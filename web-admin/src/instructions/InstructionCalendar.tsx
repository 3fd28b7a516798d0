import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { endingsQuery } from '@/api/queries/instructions'
import { word } from '@/i18n'
import { dayOf, instantOf } from '@/ui/format'
import { daysOf, MonthEntry, MonthGrid } from '@/ui/MonthGrid'
import { Loaded } from '@/ui/Page'
import { Strip } from '@/ui/Strip'

/** What ends on which day: requests that lapse unanswered, and instructions whose time is over. */
export function InstructionCalendar({
  month,
  onMonth,
  onOpen,
}: {
  month: string | undefined
  onMonth: (month: string) => void
  onOpen: (id: string) => void
}) {
  const { t } = useTranslation()
  const shown = month ?? dayOf(new Date()).slice(0, 7)
  const days = daysOf(shown)
  const after = new Date(`${days.at(-1)}T00:00:00Z`)
  after.setUTCDate(after.getUTCDate() + 1)
  const endings = useQuery(
    endingsQuery(instantOf(days[0] ?? shown) ?? '', instantOf(after.toISOString().slice(0, 10)) ?? ''),
  )
  return (
    <Loaded query={endings}>
      {({ items, more }) => (
        <>
          {more && <Strip tone="accent">{t('instructions.moreEndings')}</Strip>}
          <MonthGrid label={t('instructions.asCalendar')} month={shown} onMonth={onMonth}>
            {(date) =>
              items
                .filter((e) => dayOf(e.at) === date)
                .map((e) => (
                  <MonthEntry key={e.id} accent={e.ending === 'lapses'} onOpen={() => onOpen(e.id)}>
                    {word('instructions.endings', e.ending)} {word('instructions.actions', e.action)} ·{' '}
                    <bdi>{word('purposes', e.purpose)}</bdi>
                  </MonthEntry>
                ))
            }
          </MonthGrid>
          {items.length === 0 && <p>{t('instructions.noEndings')}</p>}
        </>
      )}
    </Loaded>
  )
}
