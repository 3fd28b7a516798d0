import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type MyContest, myContestsQuery } from '@/api/queries/my'
import { Chip } from '@/ui/Chip'
import { day, instant } from '@/ui/format'
import { Loaded, Notice } from '@/ui/Page'
import css from './My.module.css'
import { MyPage } from './MyPage'
import { nameOf } from './words'

/** What I contested, and what came of it. */
export function ContestsPage() {
  const { t } = useTranslation()
  const contests = useQuery(myContestsQuery)
  return (
    <MyPage title={t('my.contestsTitle')} lead={t('my.contestsLead')}>
      <Loaded
        query={contests}
        isEmpty={(all) => all.length === 0}
        empty={
          <Notice title={t('my.emptyContests')}>
            <p>{t('my.emptyContestsNext')}</p>
          </Notice>
        }
      >
        {(all) => (
          <ul className={css.cards}>
            {all.map((c) => (
              <li key={c.id}>
                <One contest={c} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </MyPage>
  )
}

function One({ contest }: { contest: MyContest }) {
  const { t } = useTranslation()
  const tone = contest.state === 'open' ? 'accent' : 'plain'
  return (
    <article className={css.card}>
      <div className={css.top}>
        <h2>{nameOf(contest.class)}</h2>
        {contest.holding_id && <Chip tone="quiet">{t('contests.oneEntry')}</Chip>}
        <Chip tone={tone}>{t(`my.contestStates.${contest.state}`)}</Chip>
      </div>
      <p className={css.label}>{t('my.yourReason')}</p>
      <blockquote className={css.quote}>
        <bdi>{contest.reason ?? t('ui.nameForgotten')}</bdi>
      </blockquote>
      {contest.answer && (
        <>
          <p className={css.label}>{t('my.answer')}</p>
          <blockquote className={css.quote}>
            <bdi>{contest.answer}</bdi>
          </blockquote>
        </>
      )}
      <p className={css.label}>
        {t('my.saidOn', { at: instant(contest.opened_at) })} ·{' '}
        {contest.decided_at
          ? t('my.answeredOn', { at: instant(contest.decided_at) })
          : t('my.answerBy', { day: day(contest.due_on) })}
      </p>
    </article>
  )
}
