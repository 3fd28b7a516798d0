import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { Suspense, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import { type RecordFilter, volumeQuery } from '@/api/queries/records'
import { word } from '@/i18n'
import { dayOf, instant, number } from '@/ui/format'
import { later } from '@/ui/later'
import { Failed } from '@/ui/Page'
import { actName } from './actName'
import type { Conditions } from './filter'
import { type Series, seriesOf } from './series'
import css from './Volume.module.css'

const Chart = later(() => import('./VolumeChart'))

const TWO_DAYS = 2 * 24 * 3_600_000

/** How much happened when, by outcome or by action; a bar leads to its time. */
export function Volume({
  filter,
  by,
  onBy,
  onTime,
}: {
  filter: RecordFilter
  by: 'outcome' | 'act'
  onBy: (by: 'outcome' | 'act') => void
  onTime: (time: Pick<Conditions, 'since' | 'until'>) => void
}) {
  const { t } = useTranslation()
  const names = usePackNames()
  const span = filter.since
    ? Date.parse(filter.until ?? new Date().toISOString()) - Date.parse(filter.since)
    : undefined
  const unit = span !== undefined && span <= TWO_DAYS ? 'hour' : 'day'
  const volume = useQuery(volumeQuery(filter, unit))
  const nameOf = useCallback(
    (key: string) => {
      if (key === '') return t('records.others')
      return by === 'outcome' ? word('records.outcomes', key) : actName(key, names)
    },
    [by, names, t],
  )
  const v = volume.data
  const series = useMemo(() => (v ? seriesOf(v, by) : []), [v, by])
  if (volume.isError) return <Failed error={volume.error} onRetry={() => void volume.refetch()} />
  return (
    <section className={css.volume} aria-label={t('records.chart')}>
      <div className={css.head}>
        <Legend series={series} nameOf={nameOf} />
        <span className={css.counted}>
          {v && t('records.counted', { n: number(v.records) })}
          {v &&
            v.whole_since > v.since &&
            ` · ${t('records.wholeSince', { n: number(v.records), at: instant(v.whole_since) })}`}
        </span>
        <Segmented
          size="small"
          value={by}
          options={[
            { value: 'outcome' as const, label: t('records.byOutcome') },
            { value: 'act' as const, label: t('records.byAct') },
          ]}
          onChange={onBy}
        />
      </div>
      <div className={css.canvas} aria-hidden>
        {v && (
          <Suspense>
            <Chart volume={v} series={series} nameOf={nameOf} onBar={(at) => onTime(timeOfBar(at, unit))} />
          </Suspense>
        )}
      </div>
      {v && <Table volume={v} series={series} nameOf={nameOf} />}
    </section>
  )
}

/** The time of a bar as conditions: its hour to the minute, its day as a day. */
function timeOfBar(at: string, unit: 'day' | 'hour'): Pick<Conditions, 'since' | 'until'> {
  if (unit === 'hour') return { since: at, until: new Date(Date.parse(at) + 3_600_000).toISOString() }
  const next = new Date(`${dayOf(at)}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return { since: dayOf(at), until: next.toISOString().slice(0, 10) }
}

function Legend({ series, nameOf }: { series: Series[]; nameOf: (key: string) => string }) {
  return (
    <ul className={css.legend} aria-hidden>
      {series.map((s) => (
        <li key={s.key}>
          <span className={css.swatch} style={{ background: `var(--${s.colour})`, opacity: s.opacity }} />
          {nameOf(s.key)} {number(s.total)}
        </li>
      ))}
    </ul>
  )
}

/** The same for who does not see the chart. */
function Table({
  volume,
  series,
  nameOf,
}: {
  volume: { buckets: { at: string }[] }
  series: Series[]
  nameOf: (key: string) => string
}) {
  const { t } = useTranslation()
  return (
    <table className="sr-only">
      <caption>{t('records.chart')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('records.time')}</th>
          {series.map((s) => (
            <th key={s.key} scope="col">
              {nameOf(s.key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {volume.buckets.map((b) => (
          <tr key={b.at}>
            <th scope="row">{instant(b.at)}</th>
            {series.map((s) => (
              <td key={s.key}>{number(s.at.get(b.at) ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
