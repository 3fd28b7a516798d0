import { useTranslation } from 'react-i18next'
import { type ControlRule, type Pack, usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { Chip, type Tone } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { number } from '@/ui/format'
import css from './PackPage.module.css'
import { conditionsOf, holds, inLanguage } from './words'

const TONES: Record<string, Tone> = { organisation: 'accent', person: 'plain', unsettled: 'danger' }

/** The control rules, in the order in which they are read: the first that fits decides. */
export function Control({ pack, sought }: { pack: Pack; sought: string }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const rules = pack.control
    .map((rule, i) => ({ rule, order: i + 1, conditions: conditionsOf(rule.when, names) }))
    .filter(({ rule: r, conditions }) =>
      holds(sought, r.id, r.reason_zh, r.reason_en, r.clause, conditions, r.when.class),
    )
  return (
    <>
      <p className={css.tools}>{t('packs.controlHelp')}</p>
      {rules.length === 0 ? (
        <p>{t('packs.nothingMatches')}</p>
      ) : (
        <ol className={css.list}>
          {rules.map(({ rule, order, conditions }) => (
            <li key={rule.id} className={css.rule}>
              <span className={css.order}>{number(order)}</span>
              <RuleText rule={rule} conditions={conditions} />
              <Clauses ids={rule.clause} />
              <div className={css.side}>
                <Chip tone={TONES[rule.controller] ?? 'plain'}>{word('holdings.controllers', rule.controller)}</Chip>
                {rule.retroactive && <Chip>{t('packs.retroactive')}</Chip>}
                {rule.then.map((c) => (
                  <Chip key={c}>{word('packs.conditions', c)}</Chip>
                ))}
              </div>
            </li>
          ))}
        </ol>
      )}
      {pack.classes_with_a_rule_missing.length > 0 && holds(sought, pack.classes_with_a_rule_missing) && (
        <details>
          <summary>{t('packs.missing', { n: number(pack.classes_with_a_rule_missing.length) })}</summary>
          <p className={css.why}>
            {pack.classes_with_a_rule_missing.map(names.ofClass).join(t('instructions.listAnd'))}
          </p>
        </details>
      )}
    </>
  )
}

/** What a rule asks for and why it says so. */
export function RuleText({ rule, conditions }: { rule: ControlRule; conditions: string[] }) {
  const { t } = useTranslation()
  return (
    <>
      <p>
        {conditions.length > 0 ? conditions.join(t('packs.and')) : t('packs.always')}{' '}
        <code className={css.id}>{rule.id}</code>
      </p>
      <p className={css.why}>{inLanguage(rule.reason_zh, rule.reason_en)}</p>
    </>
  )
}
