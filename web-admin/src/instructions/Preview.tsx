import { useTranslation } from 'react-i18next'
import type { NewInstruction, Reach } from '@/api/queries/instructions'
import { usePackNames } from '@/api/queries/pack'
import type { components } from '@/api/schema'
import { word } from '@/i18n'
import { Rehearse } from '@/rehearsals/Rehearse'
import { Chip } from '@/ui/Chip'
import { Facts } from '@/ui/Facts'
import { bytes, instant, number } from '@/ui/format'
import { Strip } from '@/ui/Strip'
import css from './NewInstructionPage.module.css'
import { PlainWords } from './PlainWords'

/** What is being written, in plain words; with the server's answer, whose data it would touch and whose yes it would take. */
export function Preview({
  draft,
  preview,
  isAsking,
  isWhole,
}: {
  draft: NewInstruction
  preview: components['schemas']['Preview'] | undefined
  isAsking: boolean
  isWhole: boolean
}) {
  const { t } = useTranslation()
  const answer = isWhole ? preview : undefined
  const own = {
    kind: draft.kind,
    action: draft.action ?? draft.kind,
    purpose: draft.purpose,
    scope: draft.scope,
    until: draft.until,
    subjects: draft.scope.subjects?.length ?? 0,
  }
  return (
    <>
      <h2>{t('instructions.preview')}</h2>
      <p className={css.sentence}>
        <PlainWords said={answer?.instruction ?? own} />
      </p>
      <div aria-live="polite" aria-busy={isAsking} className={css.answer}>
        {!answer && <p className={css.soft}>{isAsking ? t('ui.loading') : t('instructions.previewLater')}</p>}
        {answer && <Touches reach={answer.reach} kind={draft.kind} />}
        {answer && <Yes i={answer.instruction} />}
      </div>
      {answer && draft.kind !== 'order' && (
        <Rehearse
          change={{
            kind: 'draft',
            instruction: { kind: draft.kind, purpose: draft.purpose, scope: draft.scope, until: draft.until },
          }}
        />
      )}
    </>
  )
}

function Touches({ reach, kind }: { reach: Reach; kind: NewInstruction['kind'] }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const classes = Object.entries(reach.classes).sort((a, b) => b[1] - a[1])
  const leftOut = Object.entries(reach.left_out as Record<string, number>)
  return (
    <>
      <p className={css.figure}>
        <strong>{number(reach.subjects)}</strong> {t('instructions.peopleTouched')}
      </p>
      <Facts
        facts={[
          [t('instructions.holdings'), number(reach.holdings)],
          // Of what is permitted rather than ordered, nothing is counted but people and holdings.
          [t('departures.amount'), reach.items > 0 ? `${number(reach.items)} · ${bytes(reach.bytes)}` : null],
          [t('departures.held'), reach.held > 0 ? number(reach.held) : null],
          [
            t('instructions.byClass'),
            classes.length > 0 ? (
              <ul key="c">
                {classes.slice(0, MOST).map(([c, n]) => (
                  <li key={c}>
                    {names.ofClass(c)} {number(n)}
                  </li>
                ))}
                {classes.length > MOST && (
                  <li>{t('instructions.andMoreClasses', { n: number(classes.length - MOST) })}</li>
                )}
              </ul>
            ) : null,
          ],
          [
            t('instructions.leftOut'),
            leftOut.length > 0 ? (
              <ul key="l">
                {leftOut.map(([why, n]) => (
                  <li key={why}>
                    {word('instructions.leftOutWhy', why)} {number(n)}
                  </li>
                ))}
              </ul>
            ) : null,
          ],
        ]}
      />
      {kind === 'order' && reach.holdings === 0 && <Strip tone="danger">{t('instructions.touchesNothing')}</Strip>}
    </>
  )
}

const MOST = 8

function Yes({ i }: { i: components['schemas']['InstructionView'] }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const nobody = i.nobody_available.map(names.ofRole).join(t('ui.and'))
  return (
    <>
      <p>
        {i.sensitive && <Chip tone="danger">{t('instructions.sensitive')}</Chip>}{' '}
        {i.waiting_for.length === 0
          ? t('instructions.needsNobody')
          : t('instructions.needs', { roles: i.waiting_for.map(names.ofRole).join(t('ui.and')) })}
        {i.waiting_for.length > 0 && i.expires_at && ` ${t('departures.waitsUntil', { at: instant(i.expires_at) })}`}
      </p>
      {nobody && <Strip tone="danger">{t('departures.nobodyHolds', { roles: nobody })}</Strip>}
    </>
  )
}
