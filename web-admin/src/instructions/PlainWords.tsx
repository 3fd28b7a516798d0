import { useTranslation } from 'react-i18next'
import type { Instruction } from '@/api/queries/instructions'
import { usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { day, instant, number } from '@/ui/format'
import { rich } from '@/ui/rich'
import { classesOf } from './classWords'
import css from './PlainWords.module.css'

/** As much of an instruction as says what it is: one that stands, or one that is being written. */
export type Said = Pick<Instruction, 'kind' | 'action' | 'purpose' | 'scope' | 'until' | 'subjects'> &
  Partial<Pick<Instruction, 'permits' | 'about' | 'successor'>>

/** What an instruction permits or orders, in words that need no explanation: who may do what with whose which data, until when. */
export function PlainWords({ said, brief = false }: { said: Said; brief?: boolean }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const { scope } = said
  const list = (all: string[], most = brief ? 1 : 6) => {
    const shown = all.slice(0, most).join(t('instructions.listAnd'))
    return all.length > most ? t('instructions.andMore', { shown, n: number(all.length) }) : shown
  }
  const classes = scope.classes.includes('*') ? t('instructions.everyClass') : list(classesOf(scope.classes, names))
  const people = (said.about ?? []).map((p) => p.name ?? p.staff_number ?? t('ui.nameForgotten'))
  // As long as it is written, who is in the departments is not settled.
  const ofDepartments = scope.subjects.length === 0 && said.subjects === 0 ? (scope.departments?.length ?? 0) : 0
  const whose =
    ofDepartments > 0
      ? t('instructions.ofDepartments', { count: ofDepartments, n: number(ofDepartments) })
      : scope.subjects.length === 0 && said.subjects === 0
        ? t('instructions.everybody')
        : people.length > 0 && people.length === scope.subjects.length
          ? list(people, brief ? 1 : 3)
          : t('instructions.people', {
              count: said.subjects || scope.subjects.length,
              n: number(said.subjects || scope.subjects.length),
            })
  if (said.kind === 'order') {
    const detail = [
      said.successor &&
        t('instructions.toSuccessor', { name: said.successor.name ?? said.successor.staff_number ?? '' }),
      scope.retain_until && t('departures.until', { day: day(scope.retain_until) }),
      scope.recipient && t('instructions.toRecipient', { name: scope.recipient }),
    ].filter(Boolean)
    return (
      <span className={css.words}>
        {rich(t('instructions.orders'), {
          action: <strong>{word('instructions.actions', said.action)}</strong>,
          whose: <bdi>{whose}</bdi>,
          classes: <strong>{classes || '…'}</strong>,
          detail: detail.length > 0 ? t('instructions.inBrackets', { what: detail.join(t('ui.listComma')) }) : '',
        })}
      </span>
    )
  }
  const who = [
    ...scope.roles.map(names.ofRole),
    ...(said.permits ?? []).map((m) => m.name ?? m.staff_number ?? t('ui.nameForgotten')),
  ]
  const purposes = scope.purposes?.length ? scope.purposes : said.purpose ? [said.purpose] : []
  const operations = scope.operations.map((o) => word('instructions.operations', o))
  return (
    <span className={css.words}>
      {rich(t('instructions.permits'), {
        who: <bdi className={css.who}>{list(who, brief ? 1 : 3) || '…'}</bdi>,
        operations: <strong>{operations.join(t('instructions.listAnd')) || '…'}</strong>,
        whose: <bdi>{whose}</bdi>,
        classes: <strong>{classes || '…'}</strong>,
        purpose: <bdi>{purposes.map((p) => word('purposes', p)).join(t('instructions.listAnd')) || '…'}</bdi>,
        until: brief
          ? ''
          : said.until
            ? t('instructions.untilThen', { at: instant(said.until) })
            : t('instructions.untilRevoked'),
      })}
    </span>
  )
}
