import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import type { Card } from '@/api/queries/inbox'
import { word } from '@/i18n'
import { Act } from '@/ui/Act'
import { number } from '@/ui/format'
import { problemText } from '@/ui/Page'
import css from './HeldBar.module.css'
import { drop, type Held, hold, undo, useHeld } from './held'
import { saysPlainly } from './says'

/** At the foot of every page: what was said and can still be taken back, what is being sent, and what could not be. */
export function HeldBar() {
  const { t } = useTranslation()
  const held = useHeld()
  if (held.length === 0) return null
  return (
    <section className={css.bar} aria-label={t('inbox.heldTitle')}>
      {held.map((h) => (h.state === 'failed' ? <Failure key={h.key} held={h} /> : <Line key={h.key} held={h} />))}
    </section>
  )
}

function Line({ held }: { held: Held }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const n = held.cards.length
  const back = () => {
    const [first] = undo(held.key)
    if (first) void navigate({ to: '/inbox', search: { card: first.id }, replace: true })
  }
  return (
    <div className={css.line}>
      <span role="status">{word('inbox.held', held.verb, { count: n, n: number(n) })}</span>
      {held.state === 'held' ? (
        <>
          <Countdown until={held.sendsAt} />
          <Act can={{ allowed: true }} size="small" type="text" label={t('inbox.undo')} shortcut="z" onClick={back} />
        </>
      ) : (
        <span className={css.faint}>{t('inbox.sending')}</span>
      )}
    </div>
  )
}

function Countdown({ until }: { until: number }) {
  const { t } = useTranslation()
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  // Not read aloud every second.
  return (
    <span className={css.faint} aria-hidden>
      {t('inbox.sendsSoon', { s: Math.max(1, Math.ceil((until - now) / 1000)) })}
    </span>
  )
}

/** What was not decided, card by card, with why; and what of it can still be decided. */
function Failure({ held }: { held: Held }) {
  const { t } = useTranslation()
  const { failure, cards } = held
  const problem = failure instanceof ProblemError ? failure.problem : null
  const named = problem?.cards ?? []
  const faulty = named.length > 0 ? cards.filter((c) => named.some((f) => f.id === c.id)) : cards
  const others = cards.filter((c) => !faulty.includes(c))
  const why = (card: Card) => {
    const own = named.find((f) => f.id === card.id)?.why
    if (own) return problemText(new ProblemError(own))
    return failure instanceof ProblemError ? problemText(failure) : t('ui.failed')
  }
  return (
    <div className={css.failure} role="alert">
      <p>{t('inbox.notSent', { count: cards.length, n: number(cards.length) })}</p>
      <ul>
        {faulty.map((card) => (
          <li key={card.id}>
            <bdi>{saysPlainly(card, 'open', t)}</bdi>
            {/* Which of several by the same author. */}
            {card.reason && <bdi className={css.which}>{card.reason}</bdi>}
            <span>{why(card)}</span>
          </li>
        ))}
      </ul>
      <div className={css.acts}>
        {others.length > 0 && (
          <Button
            size="small"
            onClick={() => {
              drop(held.key)
              hold(held.verb, others, held.reason)
            }}
          >
            {t('inbox.decideOthers', { count: others.length, n: number(others.length) })}
          </Button>
        )}
        <Button size="small" onClick={() => drop(held.key)}>
          {t('inbox.understood')}
        </Button>
      </div>
    </div>
  )
}
