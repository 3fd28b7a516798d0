import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Card, factsOf, type Tab } from '@/api/queries/inbox'
import { usePackNames } from '@/api/queries/pack'
import type { RehearsalSummary } from '@/api/queries/rehearsals'
import { type Say, word } from '@/i18n'
import { classesOf } from '@/instructions/classWords'
import { ApprovalRules } from '@/packs/ApprovalRules'
import { useShows } from '@/shell/inView'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { Facts } from '@/ui/Facts'
import { bytes, day, instant, number } from '@/ui/format'
import { CardButtons, type Doing } from './CardButtons'
import css from './CardPane.module.css'
import { Clock } from './Clock'
import { follows, measures, nameOf, permits, raisedOf, rolesOf, says } from './says'

/** Classes named before the rest is counted. */
const NAMED = 8

/** The card in focus: who asks what, about how many, why, by which clause, and what follows from yes, no and silence. */
export function CardPane({ card, tab, doing }: { card: Card; tab: Tab; doing: Doing }) {
  const { t } = useTranslation()
  const names = usePackNames()
  useShows(card.object.kind, card.object.id)
  return (
    <article className={css.pane} aria-label={t('inbox.inFocus')}>
      <Link to="/inbox" search={(s) => ({ ...s, card: undefined })} className={css.back}>
        {t('inbox.backToList')}
      </Link>
      <header className={css.head}>
        <h2>{says(card, tab, t)}</h2>
        <p className={css.chips}>
          {card.sensitive && <Chip tone="danger">{t('inbox.sensitive')}</Chip>}
          <Clock card={card} />
          {card.expires_at && !card.said && (
            <span className={css.faint}>{t('inbox.until', { at: instant(card.expires_at) })}</span>
          )}
          {!card.expires_at && !card.said && (
            <span className={css.faint}>{t('inbox.since', { at: instant(card.at) })}</span>
          )}
        </p>
      </header>
      {card.reason && (
        <blockquote className={css.reason}>
          <bdi>{card.reason}</bdi>
        </blockquote>
      )}
      {card.said && <Said card={card} />}
      <Particulars card={card} />
      {(tab === 'waiting' || card.nobody_available.length > 0) && card.waiting_for.length > 0 && (
        <p className={css.waits}>
          {t('inbox.waitsFor', { roles: rolesOf(card.waiting_for, names, t) })}
          {card.nobody_available.length > 0 && (
            <strong> {t('inbox.nobody', { roles: rolesOf(card.nobody_available, names, t) })}</strong>
          )}
        </p>
      )}
      {!card.said && <Consequences card={card} />}
      <Clauses ids={card.clauses} />
      <CardButtons card={card} doing={doing} />
    </article>
  )
}

function Particulars({ card }: { card: Card }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const facts = factsOf(card)
  const classes = card.classes.includes('*') ? [t('instructions.everyClass')] : classesOf(card.classes, names)
  const rest = classes.length - NAMED
  const counted = [...measures(card, t), card.bytes ? bytes(card.bytes) : null].filter(Boolean)
  return (
    <Facts
      facts={[
        [t('inbox.what'), permits(card, names, t)],
        [
          t('inbox.classes'),
          classes.length > 0 && (
            <span className={css.classes}>
              {classes.slice(0, NAMED).map((c) => (
                <Chip key={c}>{c}</Chip>
              ))}
              {rest > 0 && <Chip tone="quiet">{t('inbox.more', { count: rest, n: number(rest) })}</Chip>}
            </span>
          ),
        ],
        [t('inbox.howMuch'), counted.join(t('ui.listComma'))],
        [t('inbox.about'), card.kind === 'approval' && card.object.kind === 'instruction' && card.about?.name],
        [t('inbox.recipient'), facts.recipient && <bdi>{facts.recipient}</bdi>],
        [t('instructions.executor'), facts.executor && <bdi>{nameOf(facts.executor, t)}</bdi>],
        [t('instructions.successor'), facts.successor && <bdi>{nameOf(facts.successor, t)}</bdi>],
        [t('instructions.retainUntil'), facts.retain_until && day(facts.retain_until)],
        [t('inbox.purpose'), card.purpose && word('purposes', card.purpose)],
        [t('inbox.grantUntil'), facts.until && instant(facts.until)],
        [t('inbox.lastDayTitle'), facts.last_day && day(facts.last_day)],
        [t('inbox.works'), [facts.department, facts.position].filter(Boolean).join(' · ')],
        [t('inbox.becomes'), facts.lanes && lanes(card, t)],
        [t('inbox.raisedWhy'), raisedOf(card).join(t('ui.listComma'))],
        [t('rehearsals.cardTitle'), card.rehearsal && <Rehearsed card={card} r={card.rehearsal} />],
        [t('inbox.rules'), card.rules.length > 0 && <ApprovalRules ids={card.rules} />],
      ].map(([name, value]) => [name as string, value || null])}
    />
  )
}

/** What a yes would do, in a few numbers; all of it stands on the instruction's page. */
function Rehearsed({ card, r }: { card: Card; r: RehearsalSummary }) {
  const { t } = useTranslation()
  const text = t('rehearsals.card', {
    days: r.days,
    asked: number(r.asked),
    permitted: number(r.newly_permitted),
    refused: number(r.newly_refused),
    opened: number(r.people_opened),
    closed: number(r.people_closed),
  })
  return (
    <>
      <Link to="/instructions/$id" params={{ id: card.object.id }}>
        {r.state === 'running' ? t('rehearsals.cardRunning') : text}
      </Link>
      {r.stale && !card.said && (
        <span className={css.faint}> {t(r.stale === 'old' ? 'rehearsals.old' : 'rehearsals.moved')}</span>
      )}
    </>
  )
}

/** What becomes of how much, of a departure. */
function lanes(card: Card, t: Say) {
  const of = factsOf(card).lanes
  if (!of) return null
  const parts = (['destroyed', 'kept', 'successor', 'person'] as const).filter((lane) => of[lane].holdings > 0)
  return (
    <span className={css.lanes}>
      {parts.map((lane) => (
        <span key={lane} data-danger={lane === 'destroyed'}>
          {t(`inbox.${lane}`, { count: of[lane].holdings, n: number(of[lane].holdings) })}
        </span>
      ))}
    </span>
  )
}

function Consequences({ card }: { card: Card }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const yes = card.can.submit ? t('inbox.onSubmit') : t('inbox.onYes')
  const all = [
    [yes, card.on_yes],
    [t('inbox.onNo'), card.on_no],
    [t('inbox.onSilence'), card.on_silence],
  ] as const
  return (
    <dl className={css.follows}>
      {all.map(
        ([when, then]) =>
          then && (
            <div key={when}>
              <dt>{when}</dt>
              <dd>{follows(then, names, t)}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

function Said({ card }: { card: Card }) {
  const { t } = useTranslation()
  const { said } = card
  if (!said) return null
  const verdict =
    said.decision === 'approve'
      ? t('inbox.saidApprove')
      : said.decision === 'refuse'
        ? t('inbox.saidRefuse')
        : t('inbox.states.resolved')
  return (
    <Facts
      facts={[
        [verdict, instant(said.at)],
        [t('ui.reason'), said.reason && <bdi>{said.reason}</bdi>],
        [t('inbox.standsNow'), word('inbox.states', said.state)],
      ]}
    />
  )
}
