import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Card, Tab } from '@/api/queries/inbox'
import { usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { classesOf } from '@/instructions/classWords'
import { Chip } from '@/ui/Chip'
import { instant, number } from '@/ui/format'
import { differs } from './alike'
import css from './CardList.module.css'
import { Clock } from './Clock'
import { measures, raisedOf, says, saysPlainly } from './says'

interface Props {
  tab: Tab
  cards: Card[]
  current: Card | undefined
  selected: Card[]
  onSelect: (card: Card) => void
  onFocus: (card: Card) => void
  more: { has: boolean; loading: boolean; load: () => void }
}

/** What waits, one under the other: what has to be answered first at the head. */
export function CardList({ tab, cards, current, selected, onSelect, onFocus, more }: Props) {
  const { t } = useTranslation()
  return (
    <div className={css.cards}>
      <ul className={css.list} aria-label={t(`inbox.tabs.${tab}`)}>
        {cards.map((card) => (
          <Row
            key={card.id}
            tab={tab}
            card={card}
            isCurrent={card.id === current?.id}
            isSelected={selected.some((s) => s.id === card.id)}
            first={selected[0]}
            onSelect={() => onSelect(card)}
            onFocus={() => card.id !== current?.id && onFocus(card)}
          />
        ))}
      </ul>
      {more.has && (
        <div className={css.more}>
          <Button loading={more.loading} onClick={more.load}>
            {t('ui.more')}
          </Button>
        </div>
      )}
    </div>
  )
}

function Row(props: {
  tab: Tab
  card: Card
  isCurrent: boolean
  isSelected: boolean
  first: Card | undefined
  onSelect: () => void
  onFocus: () => void
}) {
  const { tab, card, isCurrent, isSelected, first, onSelect, onFocus } = props
  const { t } = useTranslation()
  const names = usePackNames()
  const why = isSelected ? null : differs(card, first)
  const label = t('inbox.select', { what: saysPlainly(card, tab, t) })
  const because = card.reason ?? raisedOf(card)[0]
  const classes = card.classes.includes('*') ? [] : classesOf(card.classes, names)
  return (
    <li className={css.row} data-current={isCurrent} data-selected={isSelected}>
      {tab === 'open' && (
        <span className={css.tick} title={why && first ? word('inbox.differs', why) : undefined}>
          {card.alike && (
            <input
              type="checkbox"
              checked={isSelected}
              // Not disabled: whoever cannot join it is told why.
              aria-disabled={why !== null}
              aria-label={why && first ? `${label}. ${word('inbox.differs', why)}` : label}
              onChange={onSelect}
            />
          )}
        </span>
      )}
      <div className={css.text}>
        <Link
          to="/inbox"
          search={(s) => ({ ...s, card: card.id })}
          replace
          resetScroll={false}
          className={css.title}
          data-card={card.id}
          onFocus={onFocus}
          aria-current={isCurrent ? 'true' : undefined}
        >
          {says(card, tab, t)}
        </Link>
        <p className={css.line}>
          {classes[0] && (
            <bdi className={css.classes}>
              {classes[0]}
              {classes.length > 1 &&
                ` ${t('inbox.more', { count: classes.length - 1, n: number(classes.length - 1) })}`}
            </bdi>
          )}
          {[card.purpose && word('purposes', card.purpose), ...measures(card, t)].filter(Boolean).map((m) => (
            <span key={m}>{m}</span>
          ))}
        </p>
        {because && (
          <p className={css.reason}>
            <bdi>{because}</bdi>
          </p>
        )}
      </div>
      <span className={css.side}>
        {card.said ? <Said card={card} /> : <Clock card={card} />}
        {!card.said && !card.expires_at && <Chip tone="quiet">{instant(card.at)}</Chip>}
        {card.sensitive && <Chip>{t('inbox.sensitive')}</Chip>}
      </span>
    </li>
  )
}

function Said({ card }: { card: Card }) {
  const { t } = useTranslation()
  const decision = card.said?.decision
  return (
    <>
      <Chip tone={decision === 'refuse' ? 'danger' : 'plain'}>
        {decision === 'approve'
          ? t('inbox.saidApprove')
          : decision === 'refuse'
            ? t('inbox.saidRefuse')
            : t('inbox.states.resolved')}
      </Chip>
      <Chip tone="quiet">{instant(card.at)}</Chip>
    </>
  )
}
