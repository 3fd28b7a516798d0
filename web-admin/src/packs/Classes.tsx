import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type DataClass, type Pack, usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { Clause } from '@/ui/Clause'
import { Clauses } from '@/ui/Clauses'
import { number } from '@/ui/format'
import css from './PackPage.module.css'
import { holds, inLanguage, patternWords } from './words'

/** The data classes by family; sensitive and biometric ones are marked. */
export function Classes({ pack, sought }: { pack: Pack; sought: string }) {
  const { t } = useTranslation()
  const powers = usePowers()
  const families = new Map<string, DataClass[]>()
  for (const c of pack.classes) {
    if (!holds(sought, c.key, c.name_zh, c.name_en, c.clause, word('packs.families', c.family))) continue
    families.set(c.family, [...(families.get(c.family) ?? []), c])
  }
  if (families.size === 0) return <p>{t('packs.nothingMatches')}</p>
  return (
    <>
      <MasksByRole pack={pack} sought={sought} />
      {[...families].map(([family, classes]) => (
        <section key={family}>
          <h2 className={css.family}>
            {word('packs.families', family)} <span>{number(classes.length)}</span>
          </h2>
          <ul className={css.list}>
            {classes.map((c) => (
              <li key={c.key} className={css.class}>
                <span>
                  {inLanguage(c.name_zh, c.name_en)} <code className={css.id}>{c.key}</code>
                </span>
                <span className={css.chips}>
                  {c.sensitive && <Chip tone="danger">{t('instructions.sensitive')}</Chip>}
                  {c.biometric && <Chip tone="danger">{t('packs.biometric')}</Chip>}
                  {c.storage !== 'vault' && <Chip>{word('packs.storage', c.storage)}</Chip>}
                  {c.mask !== 'none' && (
                    <Chip tone="quiet">{t('packs.masked', { how: word('packs.masks', c.mask) })}</Chip>
                  )}
                </span>
                <span className={css.chips}>
                  {powers.has('decisions.search') && (
                    <Link to="/people/access" search={{ class: c.key }}>
                      {t('access.whoSees')}
                    </Link>
                  )}
                  {c.clause.map((id) => (
                    <Clause key={id} id={id} />
                  ))}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}

/** Who sees which classes through another mask than theirs; whatever no rule speaks of stays masked as its class says. */
function MasksByRole({ pack, sought }: { pack: Pack; sought: string }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const rules = pack.masks.filter((m) =>
    holds(sought, m.id, m.classes, m.roles.map(names.ofRole), m.reason_zh, m.reason_en),
  )
  if (rules.length === 0) return null
  return (
    <section className={css.section}>
      <h2>{t('packs.masksByRole')}</h2>
      <ul className={css.list}>
        {rules.map((m) => (
          <li key={m.id} className={css.rule}>
            <p>
              {t('packs.maskRule', {
                roles: m.roles.map(names.ofRole).join(t('instructions.listAnd')),
                classes: patternWords(m.classes, names),
                how: word('packs.masks', m.mask),
              })}{' '}
              <code className={css.id}>{m.id}</code>
            </p>
            <p className={css.why}>{inLanguage(m.reason_zh, m.reason_en)}</p>
            <Clauses ids={m.clause} />
          </li>
        ))}
      </ul>
    </section>
  )
}
