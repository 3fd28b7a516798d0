import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Why } from '@/api/queries/holdings'
import { usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { inLanguage } from '@/packs/words'
import { Clauses } from '@/ui/Clauses'
import { rich } from '@/ui/rich'
import shared from '@/ui/shared.module.css'
import css from './HoldingDrawer.module.css'

/** The answer to "may I, and why?": yes or no, by what, how much of it, and what would open the way. */
export function Said({ w }: { w: Why }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const power = w.sees_by ? (w.sees_by.split('#')[1] ?? w.sees_by) : null
  const isInstruction = w.rests_on !== null && w.rests_on !== undefined && w.rests_on !== 'subject'
  return (
    <div className={css.answer}>
      <p className={css.said}>
        <strong data-answer={w.answer}>{word('holdings.answers', w.answer)}</strong> {inLanguage(w.text_zh, w.text_en)}
      </p>
      {isInstruction && (
        <p>
          {rich(t('holdings.restsOn'), {
            instruction: (
              <Link to="/instructions/$id" params={{ id: w.rests_on ?? '' }} className={css.inText}>
                {t('instructions.one')}
              </Link>
            ),
          })}
        </p>
      )}
      {w.mask && w.mask !== 'none' && <p>{t('holdings.masked', { how: word('packs.masks', w.mask) })}</p>}
      {w.answer !== 'permit' && w.remedy !== 'none' && <p>{word('holdings.remedies', w.remedy)}</p>}
      <p className={shared.note}>
        {power
          ? t('holdings.seesBy', { role: names.ofRole(power.replaceAll('-', '_')), power })
          : t('holdings.seesNot')}{' '}
        <code>{w.reason}</code>
      </p>
      <Clauses ids={[w.clause]} />
    </div>
  )
}
