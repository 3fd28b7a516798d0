import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Kept, type KeptReason, keptQuery, type Side } from '@/api/queries/holdings'
import { packQuery } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { inLanguage, periodWords } from '@/packs/words'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { Facts } from '@/ui/Facts'
import { day, instant } from '@/ui/format'
import { Loaded } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import css from './HoldingDrawer.module.css'
import { stateOf } from './Sides'

/** Until when it is kept and why: the answer to "why was it not deleted?", or since when it is gone. */
export function RetentionTab({ id, side }: { id: string; side: Side }) {
  const query = useQuery(keptQuery(id, side.subject_id))
  return <Loaded query={query}>{(k) => <Content k={k} side={side} />}</Loaded>
}

function Content({ k, side }: { k: Kept; side: Side }) {
  const { t } = useTranslation()
  const { data: pack } = useQuery(packQuery)
  const schedule = pack?.schedules.find((s) => s.id === k.schedule)
  const gone = k.reasons[0]?.by === 'gone'
  const keep = periodWords(schedule?.keep)
  const floor = periodWords(schedule?.floor)
  return (
    <div className={css.tab}>
      <section className={css.part} aria-labelledby="why-kept">
        <h3 id="why-kept">{gone ? t('holdings.whyGone') : t('holdings.whyKept')}</h3>
        <ul className={css.list}>
          {k.reasons.map((r) => (
            <li key={`${r.by} ${r.instruction} ${r.hold?.id}`} className={css.item}>
              <Reason r={r} k={k} />
            </li>
          ))}
        </ul>
      </section>
      <Facts
        facts={[
          [t('departures.state'), stateOf(side)],
          [t('holdings.keptThrough'), side.retain_until ? day(side.retain_until) : null],
          [t('holdings.scheduleThrough'), k.kept_through ? day(k.kept_through) : null],
          [t('holdings.floorThrough'), k.floor_through ? day(k.floor_through) : null],
          [t('holdings.afterwards'), k.then ? word('instructions.actions', k.then) : null],
        ]}
      />
      {schedule ? (
        <section className={css.part} aria-labelledby="schedule">
          <h3 id="schedule">{t('holdings.schedule')}</h3>
          <p>
            <strong>
              {keep
                ? t('packs.keep', { from: word('packs.from', schedule.from), keep })
                : t('packs.keepWhile', { criterion: word('packs.criteria', schedule.criterion) })}
            </strong>
            {t('packs.afterwards', { how: word('instructions.actions', schedule.then) })}
            {floor && t('packs.floor', { floor })} <code>{schedule.id}</code>
          </p>
          <p className={shared.soft}>{inLanguage(schedule.ground_zh, schedule.ground_en)}</p>
          <Clauses ids={schedule.clause} />
        </section>
      ) : (
        pack && <p className={shared.soft}>{t('holdings.noSchedule')}</p>
      )}
    </div>
  )
}

function Reason({ r, k }: { r: KeptReason; k: Kept }) {
  const { t } = useTranslation()
  const powers = usePowers()
  const values = {
    day: r.until ? day(r.until) : '',
    at: k.gone_at ? instant(k.gone_at) : '',
  }
  const text =
    r.by === 'law' && !r.until
      ? word('holdings.kept', 'lawWhile')
      : r.by === 'schedule' && !r.until
        ? word('holdings.kept', 'ordered')
        : r.by === 'gone' && !k.gone_at
          ? word('holdings.kept', 'over')
          : word('holdings.kept', r.by, values)
  const shown = (
    <>
      <p>{text}</p>
      {r.hold && (
        <p className={shared.line}>
          <Chip tone="accent">{t('holdings.matter', { reason: r.hold.reason })}</Chip>
          <span className={shared.note}>{instant(r.hold.placed_at)}</span>
          {powers.has('holds.read') && (
            <Link to="/holdings/holds" search={{}}>
              {t('holdings.places.holds')}
            </Link>
          )}
        </p>
      )}
      {r.instruction && powers.has('instructions.read') && (
        <p>
          <Link to="/instructions/$id" params={{ id: r.instruction }}>
            {t('holdings.underInstruction')}
          </Link>
        </p>
      )}
      <Clauses ids={r.clauses} />
    </>
  )
  return r.by === 'hold' ? <div className={css.holds}>{shown}</div> : shown
}
