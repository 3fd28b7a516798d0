import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import type { Rehearsal } from '@/api/queries/rehearsals'
import { word } from '@/i18n'
import { inLanguage } from '@/packs/words'
import { instant, number } from '@/ui/format'
import { Strip } from '@/ui/Strip'
import css from './Rehearsals.module.css'

/** What a rehearsal found: what becomes of decisions, of whom data becomes reachable, and what it rests on. */
export function Found({ r }: { r: Rehearsal }) {
  const { t } = useTranslation()
  return (
    <>
      {r.stale && <Strip tone="accent">{t(r.stale === 'old' ? 'rehearsals.old' : 'rehearsals.moved')}</Strip>}
      {r.state === 'running' && (
        <p className={css.soft}>
          {t('rehearsals.running', {
            decisions: number(r.decisions.looked_at),
            sides: number(r.inventory.looked_at),
          })}
        </p>
      )}
      <dl className={css.figures}>
        <Figure name={t('rehearsals.newlyPermitted')} n={r.decisions.newly_permitted} tone="accent" />
        <Figure name={t('rehearsals.newlyRefused')} n={r.decisions.newly_refused} tone="danger" />
        <Figure name={t('rehearsals.peopleOpened')} n={r.inventory.people_opened} tone="accent" />
        <Figure name={t('rehearsals.peopleClosed')} n={r.inventory.people_closed} tone="danger" />
      </dl>
      <Decided r={r} />
      <Moved r={r} />
      <Held r={r} />
      <p className={css.faint}>
        {t('rehearsals.basis', {
          at: instant(r.started_at),
          law: number(r.basis.law),
          records: number(r.basis.records),
          until: instant(r.expires_at),
        })}
      </p>
    </>
  )
}

function Figure({ name, n, tone }: { name: string; n: number; tone: 'accent' | 'danger' }) {
  return (
    <div data-tone={n > 0 ? tone : undefined}>
      <dt>{name}</dt>
      <dd>{number(n)}</dd>
    </div>
  )
}

/** How many decisions were looked at, and what could not be put again. */
function Decided({ r }: { r: Rehearsal }) {
  const { t } = useTranslation()
  const d = r.decisions
  return (
    <p className={css.soft}>
      {d.looked_at === 0
        ? d.is_done && t('rehearsals.noDecisions', { days: r.basis.days })
        : t('rehearsals.decisions', { days: r.basis.days, n: number(d.looked_at), asked: number(d.asked) })}{' '}
      {d.is_done && !d.is_all && t('rehearsals.decisionsPart')}{' '}
      {d.not_again > 0 && t('rehearsals.notAgain', { n: number(d.not_again) })}{' '}
      {d.shown_otherwise > 0 && t('rehearsals.shownOtherwise', { n: number(d.shown_otherwise) })}{' '}
      {d.if_for_this_purpose > 0 && t('rehearsals.ifForThis', { n: number(d.if_for_this_purpose) })}
    </p>
  )
}

/** Kinds of questions that are listed before the rest is counted. */
const LISTED = 8

function Moved({ r }: { r: Rehearsal }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const all = [...r.decisions.moved].sort((a, b) => b.times - a.times)
  if (all.length === 0) return null
  const rest = all.slice(LISTED).reduce((sum, m) => sum + m.times, 0) + r.decisions.more
  return (
    <ul className={css.moved}>
      {all.slice(0, LISTED).map((m) => (
        <li
          key={[m.effect, m.class, m.operation, m.purpose, m.before.code, m.after.code].join()}
          data-effect={m.effect}
        >
          <strong>{word('rehearsals.effects', m.effect, { n: number(m.times) })}</strong>{' '}
          {t('rehearsals.question', {
            operation: word('inbox.operations', m.operation),
            class: names.ofClass(m.class),
            purpose: m.purpose ? word('purposes', m.purpose) : t('rehearsals.noPurpose'),
          })}
          <span className={css.faint}>
            {inLanguage(
              m.effect === 'newly_permitted' ? m.before.zh : m.after.zh,
              m.effect === 'newly_permitted' ? m.before.en : m.after.en,
            )}
          </span>
        </li>
      ))}
      {rest > 0 && <li>{t('rehearsals.moreMoved', { n: number(rest) })}</li>}
    </ul>
  )
}

function Held({ r }: { r: Rehearsal }) {
  const { t } = useTranslation()
  const held = r.inventory
  if (!held.is_done && held.looked_at === 0) return null
  return (
    <>
      <p className={css.soft}>
        {held.looked_at === 0
          ? t('rehearsals.nothingHeld')
          : t('rehearsals.held', {
              n: number(held.looked_at),
              opened: number(held.opened),
              closed: number(held.closed),
            })}{' '}
        {held.is_done && !held.is_all && t('rehearsals.heldPart')}
      </p>
      {held.kept_closed.length > 0 && (
        <details>
          <summary>
            {t('rehearsals.keptClosed', { n: number(held.kept_closed.reduce((n, k) => n + k.sides, 0)) })}
          </summary>
          <ul className={css.moved}>
            {held.kept_closed.map((k) => (
              <li key={k.reason.code}>
                <strong>{number(k.sides)}</strong> {inLanguage(k.reason.zh, k.reason.en)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}
