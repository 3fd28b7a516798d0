import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import type { AccessRecord } from '@/api/queries/records'
import { hasWord, word } from '@/i18n'
import { number } from '@/ui/format'
import { rich } from '@/ui/rich'
import css from './Sentence.module.css'

/** A record as a sentence in the reader's language: who, what, to what, about whom, for what, and how it ended. */
export function Sentence({ record: r }: { record: AccessRecord }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const text = (group: 'do' | 'did') =>
    hasWord(`records.${group}`, r.act) ? word(`records.${group}`, r.act) : names.ofAct(r.act)
  const ofClass = r.class && <strong className={css.class}>{names.ofClass(r.class)}</strong>
  const phrase = (group: 'do' | 'did') => {
    return rich(text(group), {
      object: r.object && <Thing kind={r.object.kind} id={r.object.id} />,
      class: ofClass,
    })
  }
  const ended = r.outcome in PATTERNS ? (r.outcome as keyof typeof PATTERNS) : 'done'
  return (
    <span className={css.sentence}>
      {rich(t(`records.pattern.${ended}`), { actor: <Actor record={r} />, do: phrase('do'), did: phrase('did') })}
      {ofClass && !text('do').includes('{class') && rich(t('records.onClass'), { class: ofClass })}
      <About record={r} />
      {r.purpose && rich(t('records.forPurpose'), { purpose: <bdi>{word('purposes', r.purpose)}</bdi> })}
      {r.reason && rich(t('records.because'), { reason: word('problems', r.reason) })}
    </span>
  )
}

const PATTERNS = { done: 0, permitted: 0, refused: 0, failed: 0 }

/** Who acted: a member by name, everything else by kind. */
export function Actor({ record }: { record: AccessRecord }) {
  const { kind, id, member } = record.actor
  const name = member?.name ?? member?.staff_number
  if (name) return <bdi className={css.who}>{name}</bdi>
  return (
    <span className={css.who}>
      {word('records.actors', kind)}
      {id && kind !== 'job' && <code className={css.id}>{short(id)}</code>}
    </span>
  )
}

function About({ record }: { record: AccessRecord }): ReactNode {
  const { t } = useTranslation()
  const first = record.about[0]
  const name = first?.name ?? first?.staff_number
  // Who signs in is whom the record is about: said once, it is enough.
  if (!name || (record.subjects.length === 1 && first?.staff_number === record.actor.member?.staff_number)) return null
  const count = record.subjects.length
  return rich(t(count > 1 ? 'records.aboutMany' : 'records.aboutOne'), {
    name: <bdi className={css.who}>{name}</bdi>,
    n: number(count),
  })
}

/** What it was done to: its kind, the end of its id, and the way there where it has a page. */
export function Thing({ kind, id }: { kind: string; id: string }) {
  const label = (
    <>
      {word('records.objects', kind)}
      <code className={css.id}>{short(id)}</code>
    </>
  )
  if (kind === 'departure')
    return (
      <Link to="/departures/$id" params={{ id }} search={{}} className={css.thing} onClick={stay}>
        {label}
      </Link>
    )
  if (kind === 'instruction')
    return (
      <Link to="/instructions/$id" params={{ id }} className={css.thing} onClick={stay}>
        {label}
      </Link>
    )
  if (kind === 'membership')
    return (
      <Link to="/people/$id" params={{ id }} className={css.thing} onClick={stay}>
        {label}
      </Link>
    )
  if (kind === 'subject')
    return (
      <Link to="/holdings/of/$subject" params={{ subject: id }} search={{}} className={css.thing} onClick={stay}>
        {label}
      </Link>
    )
  return <span className={css.thing}>{label}</span>
}

function stay(e: React.MouseEvent) {
  e.stopPropagation()
}

/** The end of an id: enough to tell two apart on a page. */
export function short(id: string): string {
  return id.length > 12 ? `…${id.slice(-6)}` : id
}
