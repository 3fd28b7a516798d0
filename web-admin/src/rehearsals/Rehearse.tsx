import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import { usePowers } from '@/api/queries/powers'
import { beginQuery, type Rehearsal, type RehearsedChange, rehearsalQuery } from '@/api/queries/rehearsals'
import { Loading, problemText } from '@/ui/Page'
import { Strip } from '@/ui/Strip'
import { Found } from './Found'
import css from './Rehearsals.module.css'

/** Rehearses a change on a click, shows what it would do, and runs again when that is not true any more. */
export function Rehearse({ change, latest }: { change: RehearsedChange; latest?: Rehearsal | undefined }) {
  const { t } = useTranslation()
  const powers = usePowers()
  const [asked, setAsked] = useState<{ turn: number; change: RehearsedChange }>({ turn: 0, change })
  // What is written on changes what would be done: what was found belongs to what it was asked for.
  const isOther = asked.turn > 0 && JSON.stringify(asked.change) !== JSON.stringify(change)
  const begun = useQuery(beginQuery(asked.change, isOther ? 0 : asked.turn))
  const one = useQuery(rehearsalQuery(isOther ? undefined : begun.data?.id))
  const found = isOther ? undefined : (one.data ?? begun.data ?? latest)
  const isRunning = begun.isFetching || found?.state === 'running'
  const begin = () => setAsked({ turn: asked.turn + 1, change })
  if (!powers.has('rehearsals.run') && !found) return null
  return (
    <section className={css.rehearse} aria-label={t('rehearsals.title')}>
      <div className={css.head}>
        <strong>{t('rehearsals.title')}</strong>
        {powers.has('rehearsals.run') && (!found || found.stale) && (
          <Button size="small" onClick={begin} loading={isRunning}>
            {found?.stale ? t('rehearsals.again') : t('rehearsals.begin')}
          </Button>
        )}
      </div>
      <div aria-live="polite" aria-busy={isRunning} className={css.answer}>
        {!found && !begun.isFetching && !begun.isError && <p className={css.soft}>{t('rehearsals.means')}</p>}
        {begun.isFetching && <Loading />}
        {begun.error instanceof ProblemError && !isOther && (
          <Strip tone="danger">
            {problemText(begun.error)} {begun.error.problem.help}
          </Strip>
        )}
        {found && <Found r={found} />}
      </div>
    </section>
  )
}
