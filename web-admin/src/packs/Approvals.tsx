import { useTranslation } from 'react-i18next'
import { type Pack, usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { number } from '@/ui/format'
import css from './PackPage.module.css'
import { holds, inLanguage } from './words'

/** Whose yes is needed for what. Rules add up: what fits several takes the yeses of all. */
export function Approvals({ pack, sought }: { pack: Pack; sought: string }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const actions = (all: string[]) => all.map((a) => word('instructions.actions', a)).join(t('instructions.listAnd'))
  const shown = pack.approvals.filter((a) =>
    holds(sought, a.id, a.reason_zh, a.reason_en, a.clause, a.actions, actions(a.actions)),
  )
  const { deadlines } = pack
  return (
    <>
      <p className={css.tools}>{t('packs.approvalsHelp')}</p>
      {shown.length === 0 && <p>{t('packs.nothingMatches')}</p>}
      <ul className={css.list}>
        {shown.map((a) => (
          <li key={a.id} className={css.rule}>
            <p>
              {actions(a.actions)} <code className={css.id}>{a.id}</code>
            </p>
            <p>
              <strong>
                {a.approvers.length === 0
                  ? t('packs.nobody')
                  : a.approvers
                      .map((who) =>
                        t('packs.approver', { role: names.ofRole(who.role), count: who.count, n: who.count }),
                      )
                      .join(t('packs.plus'))}
              </strong>
              {a.approvers.length > 0 && t('packs.answerWithin', { n: number(a.expires_after_working_days) })}
            </p>
            <p className={css.why}>{inLanguage(a.reason_zh, a.reason_en)}</p>
            <Clauses ids={a.clause} />
            <div className={css.side}>
              {a.sensitivity === 'sensitive' && <Chip tone="danger">{t('instructions.sensitive')}</Chip>}
              {a.subjects_from > 0 && <Chip>{t('packs.from_people', { n: number(a.subjects_from) })}</Chip>}
            </div>
          </li>
        ))}
      </ul>
      <section className={css.section}>
        <h2 className={css.family}>{t('packs.deadlines')}</h2>
        <ul className={css.list}>
          <li className={css.rule}>
            <p>{t('packs.requestDays', { n: number(deadlines.request_days) })}</p>
            <p>{t('packs.closureDays', { n: number(deadlines.closure_working_days) })}</p>
            <p>{t('packs.certificationDays', { n: number(deadlines.certification_working_days) })}</p>
            <Clauses ids={deadlines.clause} />
          </li>
        </ul>
      </section>
    </>
  )
}
