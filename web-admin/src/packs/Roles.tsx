import { useTranslation } from 'react-i18next'
import { type Pack, usePackNames } from '@/api/queries/pack'
import { Clauses } from '@/ui/Clauses'
import css from './PackPage.module.css'
import { inLanguage } from './words'

/** Roles, which of them no one person holds together, and what each may do with Tenure itself. */
export function Roles({ pack }: { pack: Pack }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const excluded = (a: string, b: string) =>
    pack.exclusions.find((e) => a !== b && e.roles.includes(a) && e.roles.includes(b))
  const roles = pack.roles.filter((r) => r.key !== 'employee')
  return (
    <>
      <section className={css.section}>
        <h2>{t('packs.exclusions')}</h2>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, and must do so by keyboard */}
        <div className={css.matrix} tabIndex={0}>
          <table>
            <caption className="sr-only">{t('packs.exclusions')}</caption>
            <thead>
              <tr>
                <td />
                {roles.map((r) => (
                  <th key={r.key} scope="col">
                    {names.ofRole(r.key)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {roles.map((row) => (
                <tr key={row.key}>
                  <th scope="row">{names.ofRole(row.key)}</th>
                  {roles.map((column) => (
                    <td key={column.key}>
                      {excluded(row.key, column.key) ? t('packs.excluded') : row === column ? '–' : ''}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section className={css.section}>
        <h2>{t('packs.whyExcluded')}</h2>
        <ul className={css.list}>
          {pack.exclusions.map((e) => (
            <li key={e.id} className={css.rule}>
              <p>
                <strong>{e.roles.map(names.ofRole).join(' × ')}</strong> <code className={css.id}>{e.id}</code>
              </p>
              <p className={css.why}>{inLanguage(e.reason_zh, e.reason_en)}</p>
              <Clauses ids={e.clause} />
            </li>
          ))}
        </ul>
      </section>
      <section className={css.section}>
        <h2>{t('packs.powers')}</h2>
        <ul className={css.list}>
          {pack.powers.map((p) => (
            <li key={p.id} className={css.rule}>
              <p>
                <strong>{names.ofRole(p.role)}</strong> <code className={css.id}>{p.id}</code>
              </p>
              <p className={css.why}>{p.acts.map(names.ofAct).join(t('instructions.listAnd'))}</p>
              <Clauses ids={p.clause} />
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}
