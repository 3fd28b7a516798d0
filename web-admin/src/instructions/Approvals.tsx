import { useTranslation } from 'react-i18next'
import type { Instruction } from '@/api/queries/instructions'
import { usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { instant } from '@/ui/format'
import { Person } from '@/ui/Person'
import shared from '@/ui/shared.module.css'
import css from './InstructionPage.module.css'

/** Who said yes or no, in which role, when and why; and whose word is still missing. */
export function Approvals({ i }: { i: Instruction }) {
  const { t } = useTranslation()
  const names = usePackNames()
  return (
    <section aria-labelledby="instruction-approvals">
      <h2 id="instruction-approvals">{t('instructions.approvals')}</h2>
      {i.approvals.length === 0 && i.waiting_for.length === 0 && (
        <p className={shared.soft}>{t('instructions.noApprovals')}</p>
      )}
      <ul>
        {i.approvals.map((a) => (
          <li key={a.approver_id} className={css.word}>
            <span className={css.who}>
              <Chip tone={a.decision === 'approve' ? 'accent' : 'danger'}>
                {word('instructions.decisions', a.decision)}
              </Chip>
              <Person name={a.approver.name} number={a.approver.staff_number} />
              <span className={shared.soft}>{a.role.split(' ').map(names.ofRole).join(t('ui.and'))}</span>
              <span className={shared.soft}>{instant(a.decided_at)}</span>
            </span>
            {a.reason && <bdi>{a.reason}</bdi>}
          </li>
        ))}
        {i.waiting_for.map((role) => (
          <li key={role} className={css.word}>
            <span className={css.who}>
              <Chip>{t('instructions.missing')}</Chip>
              {names.ofRole(role)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
