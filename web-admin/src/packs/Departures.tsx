import { useTranslation } from 'react-i18next'
import { type Pack, usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import css from './PackPage.module.css'
import { holds, inLanguage, patternWords } from './words'

/** What becomes of what on the day that somebody leaves, and what HR may change it to. */
export function Departures({ pack, sought }: { pack: Pack; sought: string }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const shown = pack.departures.filter((d) =>
    holds(sought, d.id, d.reason_zh, d.reason_en, d.classes, d.clause, patternWords(d.classes, names)),
  )
  if (shown.length === 0) return <p>{t('packs.nothingMatches')}</p>
  return (
    <ul className={css.list}>
      {shown.map((d) => (
        <li key={d.id} className={css.rule}>
          <p>
            {patternWords(d.classes, names) || t('instructions.everyClass')} <code className={css.id}>{d.id}</code>
          </p>
          <p>
            <strong>{word('departures.dispositions', d.disposition)}</strong>
            {d.disposition === 'hand_over' &&
              d.successor &&
              t('packs.successor', { who: word('packs.successors', d.successor) })}
            {d.allowed.length > 0 &&
              t('packs.mayBecome', {
                others: d.allowed.map((a) => word('departures.dispositions', a)).join(t('instructions.listAnd')),
              })}
          </p>
          <p className={css.why}>{inLanguage(d.reason_zh, d.reason_en)}</p>
          <Clauses ids={d.clause} />
          <div className={css.side}>
            <Chip tone={d.controller === 'organisation' ? 'accent' : 'plain'}>
              {word('holdings.controllers', d.controller)}
            </Chip>
          </div>
        </li>
      ))}
    </ul>
  )
}
