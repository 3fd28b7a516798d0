import { Trans, useTranslation } from 'react-i18next'
import type { Departure, Lanes } from '@/api/queries/departures'
import { instant, number } from '@/ui/format'
import css from './DeparturePage.module.css'

/** The whole case in one breath: when access ends, and what becomes of how much. */
export function Sentence({ d }: { d: Departure }) {
  const { t } = useTranslation()
  const parts = (['kept', 'successor', 'person', 'destroyed'] as const).filter((lane) => d.lanes[lane].holdings > 0)
  const when = d.access_ended_at
    ? t('departures.accessEnded', { at: instant(d.access_ended_at) })
    : t('departures.accessEnds', { at: instant(d.effective_at) })
  return (
    <p className={css.sentence}>
      {d.state === 'rescinded' ? t('departures.rescindedSentence') : when}{' '}
      {parts.map((lane, i) => (
        <span key={lane}>
          <Part lane={lane} lanes={d.lanes} past={d.state === 'completed'} />
          {i < parts.length - 1 ? t('ui.listComma') : t('ui.fullStop')}
        </span>
      ))}
    </p>
  )
}

function Part({ lane, lanes, past }: { lane: keyof Lanes; lanes: Lanes; past: boolean }) {
  const count = lanes[lane].holdings
  return (
    <Trans
      i18nKey={past ? `departures.partPast.${lane}` : `departures.part.${lane}`}
      values={{ n: number(count) }}
      components={{ n: <strong data-danger={lane === 'destroyed'} /> }}
    />
  )
}
