import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Segmented } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Question, questionsQuery, settleQuestion } from '@/api/queries/holdings'
import { packQuery, usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { inLanguage } from '@/packs/words'
import { useShows } from '@/shell/inView'
import { Act } from '@/ui/Act'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { Facts } from '@/ui/Facts'
import { instant, number } from '@/ui/format'
import { Failed, Loading, Notice, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import { ReasonDialog } from '@/ui/ReasonDialog'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import { Parts } from './Frame'
import { factWords } from './facts'
import css from './Holdings.module.css'

/** 未决权属: what the source documents leave open, each once for all that is like it, and how it was settled. */
export function UnsettledPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/holdings/unsettled' })
  const search = useSearch({ from: '/shell/holdings/unsettled' })
  const state = search.state ?? 'open'
  const list = useInfiniteQuery(questionsQuery(state))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  // A question that a link leads to may lie further down, or be settled by now.
  const wanted = search.question
  const isThere = rows.some((q) => q.id === wanted)
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  useEffect(() => {
    if (wanted && !isThere && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [wanted, isThere, hasNextPage, isFetchingNextPage, fetchNextPage])
  useEffect(() => {
    if (wanted && isThere) document.getElementById(`question-${wanted}`)?.scrollIntoView({ block: 'start' })
  }, [wanted, isThere])
  useShows('question', wanted ?? '', wanted ? t('holdings.places.unsettled') : undefined)
  return (
    <Page
      title={t('holdings.places.unsettled')}
      tools={
        <Parts>
          <Segmented
            value={state}
            options={(['open', 'settled'] as const).map((s) => ({
              value: s,
              label: t(`holdings.questionStates.${s}`),
            }))}
            onChange={(s) => void navigate({ search: { state: s === 'settled' ? 'settled' : undefined } })}
          />
        </Parts>
      }
    >
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Notice title={t(state === 'open' ? 'holdings.noQuestions' : 'holdings.noneSettled')}>
          <p>{t('holdings.questionsHelp')}</p>
        </Notice>
      ) : (
        <div className={css.rows}>
          <p className={shared.soft}>{t('holdings.questionsHelp')}</p>
          {rows.map((q) => (
            <QuestionCard key={q.id} q={q} />
          ))}
          {hasNextPage && (
            <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {t('ui.more')}
            </Button>
          )}
        </div>
      )}
    </Page>
  )
}

function QuestionCard({ q }: { q: Question }) {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const powers = usePowers()
  const { data: pack } = useQuery(packQuery)
  const [settling, setSettling] = useState<'organisation' | 'person' | null>(null)
  const settle = useMutation(settleQuestion)
  const rule = pack?.control.find((c) => c.id === q.rule)
  const facts = factWords(q.facts as Record<string, unknown>, names)
  const can = { allowed: powers.has('rulings.settle'), why: 'power.missing' }
  const what = { what: names.ofClass(q.class), count: q.sides, n: number(q.sides) }
  return (
    <article className={css.question} id={`question-${q.id}`} aria-labelledby={`title-${q.id}`}>
      <div className={shared.line}>
        <h2 id={`title-${q.id}`}>{names.ofClass(q.class)}</h2>
        <Chip tone={q.controller ? 'plain' : 'danger'}>
          {q.controller
            ? t('holdings.settledAs', { who: word('holdings.controllers', q.controller) })
            : word('holdings.controllers', 'unsettled')}
        </Chip>
        <span className={shared.soft}>{t('holdings.sidesWait', what)}</span>
      </div>
      {rule && <p>{inLanguage(rule.reason_zh, rule.reason_en)}</p>}
      <Facts
        facts={[
          [t('holdings.ruledBy'), facts.map(([fact, value]) => t('holdings.fact', { fact, value })).join(' · ')],
          [t('holdings.rule'), q.rule],
          [t('holdings.openSince'), instant(q.opened_at)],
        ]}
      />
      <Clauses ids={rule?.clause ?? []} />
      <div className={css.acts}>
        {(['organisation', 'person'] as const).map((who) => (
          <Act
            key={who}
            can={q.controller === who ? { allowed: false, why: 'rulings.settled-so' } : can}
            label={t('holdings.settleAs', { who: word('holdings.controllers', who) })}
            onClick={() => setSettling(who)}
          />
        ))}
      </div>
      {q.settlements.map((s) => (
        <div key={s.id} className={css.settlement}>
          <span className={shared.line}>
            <strong>{word('holdings.controllers', s.controller)}</strong>
            {s.settler && <Person name={s.settler.name} number={s.settler.staff_number} />}
            <span className={shared.soft}>{instant(s.settled_at)}</span>
          </span>
          <bdi>{s.reason}</bdi>
        </div>
      ))}
      {settling && (
        <ReasonDialog
          title={t('holdings.settleTitle', { ...what, who: word('holdings.controllers', settling) })}
          consequence={t('holdings.settleMeans', what)}
          confirm={t('holdings.settle')}
          busy={settle.isPending}
          onConfirm={(reason) =>
            settle.mutate(
              { id: q.id, controller: settling, reason },
              {
                onSuccess: () => {
                  setSettling(null)
                  tell.done(t('holdings.settledNow', what))
                },
                onError: tell.failed,
              },
            )
          }
          onClose={() => setSettling(null)}
        />
      )}
    </article>
  )
}
