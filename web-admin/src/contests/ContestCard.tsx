import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answerContest, type Contest } from '@/api/queries/my'
import { currentLanguage, type Say } from '@/i18n'
import { nameOf } from '@/my/words'
import { Act } from '@/ui/Act'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { day, instant, number } from '@/ui/format'
import { Person } from '@/ui/Person'
import { ReasonDialog } from '@/ui/ReasonDialog'
import { useTell } from '@/ui/useTell'
import css from './Contests.module.css'

/** One contest: who, what, why, what follows from a yes; and the answer. */
export function ContestCard({ contest }: { contest: Contest }) {
  const { t } = useTranslation()
  const isOpen = contest.state === 'open'
  return (
    <article className={css.card}>
      <div className={css.top}>
        <h2>
          {nameOf(contest.class)} · <Person name={contest.by.name} number={contest.by.staff_number} />
        </h2>
        {contest.holding_id && <Chip tone="quiet">{t('contests.oneEntry')}</Chip>}
        <Chip tone={isOpen ? 'accent' : 'plain'}>
          {isOpen ? t('contests.due', { day: day(contest.due_on) }) : t(`my.contestStates.${contest.state}`)}
        </Chip>
      </div>
      <dl className={css.facts}>
        <dt>{t('contests.reason')}</dt>
        <dd>
          <bdi>{contest.reason ?? t('ui.nameForgotten')}</bdi>
        </dd>
        <dt>{t('contests.rules')}</dt>
        <dd>
          {contest.rules.map((r) => (
            <div key={r.id}>
              <p>{currentLanguage() === 'en' ? r.reason_en : r.reason_zh}</p>
              <Clauses ids={r.clauses} />
            </div>
          ))}
        </dd>
        {isOpen && (
          <>
            <dt>{t('contests.effect')}</dt>
            <dd>{effectOf(t, contest)}</dd>
          </>
        )}
        {contest.answer && (
          <>
            <dt>{t('contests.answer')}</dt>
            <dd>
              <bdi>{contest.answer}</bdi>
              {contest.decided_at && (
                <p className={css.soft}>
                  {t('contests.by', {
                    name: contest.decided_by?.name ?? t('ui.nameForgotten'),
                    at: instant(contest.decided_at),
                  })}
                </p>
              )}
            </dd>
          </>
        )}
      </dl>
      {isOpen && <Answer contest={contest} />}
    </article>
  )
}

function effectOf(t: Say, { would_move, would_settle }: Contest): string {
  const parts = [
    would_move > 0 && t('contests.wouldMove', { n: number(would_move), count: would_move }),
    would_settle > 0 && t('contests.wouldSettle', { n: number(would_settle), count: would_settle }),
  ]
  return parts.filter(Boolean).join(t('ui.listComma'))
}

function Answer({ contest }: { contest: Contest }) {
  const { t } = useTranslation()
  const tell = useTell()
  const [asked, setAsked] = useState<boolean | null>(null)
  const answer = useMutation(answerContest)
  const words = { class: nameOf(contest.class), name: contest.by.name ?? t('ui.nameForgotten') }
  return (
    <div className={css.acts}>
      <Act type="primary" can={contest.can.decide} label={t('contests.uphold')} onClick={() => setAsked(true)} />
      <Act can={contest.can.decide} label={t('contests.reject')} onClick={() => setAsked(false)} />
      {asked !== null && (
        <ReasonDialog
          title={asked ? t('contests.upholdOf', words) : t('contests.rejectOf', words)}
          consequence={asked ? effectOf(t, contest) : t('contests.rejectMeans')}
          confirm={asked ? t('contests.uphold') : t('contests.reject')}
          busy={answer.isPending}
          onClose={() => setAsked(null)}
          onConfirm={(reason) =>
            answer.mutate(
              { id: contest.id, upheld: asked, reason },
              {
                onSuccess: () => {
                  setAsked(null)
                  tell.done(t('contests.answered'))
                },
                onError: tell.failed,
              },
            )
          }
        />
      )}
    </div>
  )
}
