import { useTranslation } from 'react-i18next'
import type { Departure } from '@/api/queries/departures'
import { day, instant, number } from '@/ui/format'
import css from './Timeline.module.css'

type Mark = 'past' | 'now' | 'ahead'

interface Step {
  key: 'notice' | 'lastDay' | 'handover' | 'review' | 'done'
  mark: Mark
  detail: string
}

/** Notice → last day → handover → review → done: where the case stands. */
export function Timeline({ d }: { d: Departure }) {
  const { t } = useTranslation()
  const steps = useSteps(d)
  return (
    <ol className={css.timeline} aria-label={t('departures.timeline')}>
      {steps.map((s) => (
        <li key={s.key} data-mark={s.mark} aria-current={s.mark === 'now' ? 'step' : undefined}>
          <span className={css.dot} aria-hidden />
          <span className={css.name}>{t(`departures.steps.${s.key}`)}</span>
          <span className={css.detail}>{s.detail}</span>
        </li>
      ))}
    </ol>
  )
}

function useSteps(d: Departure): Step[] {
  const { t } = useTranslation()
  const ended = d.access_ended_at != null
  const finished = d.state === 'completed'
  const settled = d.lines_done + d.lines_failed
  const running = d.state === 'carrying_out'
  const handedOver = finished || (running && settled === d.lines)
  return [
    { key: 'notice', mark: ended || finished ? 'past' : 'now', detail: instant(d.opened_at) },
    { key: 'lastDay', mark: ended ? 'past' : 'ahead', detail: day(d.last_day) },
    {
      key: 'handover',
      mark: handedOver ? 'past' : ended ? 'now' : 'ahead',
      detail: running || finished ? t('departures.linesDone', { done: number(settled), all: number(d.lines) }) : '–',
    },
    {
      key: 'review',
      mark: finished ? 'past' : handedOver ? 'now' : 'ahead',
      detail: d.lines_failed > 0 ? t('departures.linesFailed', { n: number(d.lines_failed) }) : '–',
    },
    { key: 'done', mark: finished ? 'past' : 'ahead', detail: d.finished_at ? instant(d.finished_at) : '–' },
  ]
}
