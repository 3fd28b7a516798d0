import { useTranslation } from 'react-i18next'
import type { Departure, Line } from '@/api/queries/departures'
import { usePackNames } from '@/api/queries/pack'
import { number } from '@/ui/format'
import css from './Destroyed.module.css'

/** What cannot be brought back: above everything else, by name. */
export function Destroyed({ d, lines, onOpen }: { d: Departure; lines: Line[]; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const names = usePackNames()
  if (lines.length === 0) return null
  return (
    <section className={css.strip} aria-labelledby="destroyed">
      <h2 id="destroyed">
        {t('departures.destroyed', { count: d.lanes.destroyed.holdings, n: number(d.lanes.destroyed.holdings) })}
      </h2>
      <ul>
        {lines.map((line) => (
          <li key={line.id}>
            <button type="button" onClick={() => onOpen(line.id)} data-state={line.state}>
              {names.ofClass(line.class)}
              <span>× {number(line.items)}</span>
              {line.disposition === 'anonymise' && <span>{t('departures.anonymised')}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
