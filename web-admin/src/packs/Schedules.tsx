import { useTranslation } from 'react-i18next'
import { type Pack, usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import css from './PackPage.module.css'
import { holds, inLanguage, patternWords, periodWords } from './words'

/** How long what is kept, counted from what, and what becomes of it then. */
export function Schedules({ pack, sought }: { pack: Pack; sought: string }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const shown = pack.schedules.filter((s) =>
    holds(sought, s.id, s.ground_zh, s.ground_en, s.classes, s.clause, patternWords(s.classes, names)),
  )
  if (shown.length === 0) return <p>{t('packs.nothingMatches')}</p>
  return (
    <ul className={css.list}>
      {shown.map((s) => {
        const keep = periodWords(s.keep)
        const floor = periodWords(s.floor)
        return (
          <li key={s.id} className={css.rule}>
            <p>
              {patternWords(s.classes, names)} <code className={css.id}>{s.id}</code>
            </p>
            <p>
              <strong>
                {keep
                  ? t('packs.keep', { from: word('packs.from', s.from), keep })
                  : t('packs.keepWhile', { criterion: word('packs.criteria', s.criterion) })}
              </strong>
              {t('packs.afterwards', { how: word('instructions.actions', s.then) })}
              {floor && t('packs.floor', { floor })}
            </p>
            <p className={css.why}>{inLanguage(s.ground_zh, s.ground_en)}</p>
            <Clauses ids={s.clause} />
            <div className={css.side}>
              <Chip>{word('packs.criteria', s.criterion)}</Chip>
            </div>
          </li>
        )
      })}
    </ul>
  )
}
