import { useTranslation } from 'react-i18next'
import type { Departure, Line } from '@/api/queries/departures'
import { usePackNames } from '@/api/queries/pack'
import { currentLanguage, word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { bytes, day, number } from '@/ui/format'
import css from './LaneColumn.module.css'
import { type Group, groupsOf, isTroubled, type LANES } from './lanes'

/** One way out: how much goes it, until when and why, and line by line what. */
export function LaneColumn({
  lane,
  d,
  lines,
  onOpen,
}: {
  lane: (typeof LANES)[number]
  d: Departure
  lines: Line[]
  onOpen: (id: string) => void
}) {
  const { t } = useTranslation()
  const sum = d.lanes[lane]
  return (
    <section className={css.lane} data-lane={lane} aria-labelledby={`lane-${lane}`}>
      <header>
        <h2 id={`lane-${lane}`}>{t(`departures.lanes.${lane}`)}</h2>
        <p className={css.figure}>{number(sum.holdings)}</p>
        <p className={css.sums}>
          {t('departures.itemsAndSize', { count: sum.items, n: number(sum.items), size: bytes(sum.bytes) })}
        </p>
      </header>
      {lines.length === 0 && <p className={css.none}>{t(`departures.laneEmpty.${lane}`)}</p>}
      <div className={css.groups}>
        {groupsOf(lines).map((group) => (
          <LaneGroup key={group.key} group={group} onOpen={onOpen} />
        ))}
      </div>
    </section>
  )
}

function LaneGroup({ group, onOpen }: { group: Group; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const how = word('departures.dispositions', group.disposition)
  const until = group.until ? t('departures.until', { day: day(group.until) }) : how
  const afterwards = group.afterwards
    ? t('departures.thenBriefly', { how: word('departures.dispositions', group.afterwards).toLocaleLowerCase() })
    : ''
  return (
    <section className={css.group}>
      <h3>
        {until}
        {afterwards}
      </h3>
      <p>{currentLanguage() === 'en' ? group.reason.en : group.reason.zh}</p>
      <ul>
        {group.lines.map((line) => (
          <li key={line.id}>
            <LineRow line={line} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** A line: what and how much; opens its explanation. */
function LineRow({ line, onOpen }: { line: Line; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const names = usePackNames()
  return (
    <button type="button" className={css.line} data-state={line.state} onClick={() => onOpen(line.id)}>
      <span className={css.progress} data-state={line.state} title={word('departures.lineStates', line.state)} />
      <span className={css.what}>
        {names.ofClass(line.class)}
        {line.hidden_from_leaver && <Chip>{t('departures.hidden')}</Chip>}
        {line.holds.length > 0 && <Chip tone="accent">{t('departures.held')}</Chip>}
        {!line.settled && <Chip tone="danger">{t('departures.unsettled')}</Chip>}
        {isTroubled(line) && line.settled && <Chip tone="danger">{word('departures.lineStates', line.state)}</Chip>}
        {line.connector_id && <Chip tone="quiet">{t('departures.external')}</Chip>}
      </span>
      <span className={css.count}>{number(line.items)}</span>
      <span className={css.size}>{bytes(line.bytes)}</span>
    </button>
  )
}
