import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { contestsQuery } from '@/api/queries/my'
import { Failed, Loading, Notice, Page } from '@/ui/Page'
import { Contact } from './Contact'
import { ContestCard } from './ContestCard'
import css from './Contests.module.css'

/** What people say against rulings, for the privacy officer to answer. */
export function ContestListPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { state } = useSearch({ from: '/shell/contests' })
  const list = useInfiniteQuery(contestsQuery(state === 'all' ? undefined : 'open'))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page
      title={t('contests.title')}
      tools={
        <Segmented
          aria-label={t('contests.filter')}
          value={state ?? 'open'}
          onChange={(value) =>
            void navigate({ to: '/contests', search: { state: value === 'all' ? 'all' : undefined } })
          }
          options={[
            { value: 'open', label: t('contests.open') },
            { value: 'all', label: t('contests.all') },
          ]}
        />
      }
    >
      <div className={css.body}>
        <p className={css.lead}>{t('contests.lead')}</p>
        {list.isError ? (
          <Failed error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isPending ? (
          <Loading />
        ) : rows.length === 0 ? (
          <Notice title={t('contests.empty')}>
            <p>{t('contests.emptyNext')}</p>
          </Notice>
        ) : (
          <ul className={css.cards}>
            {rows.map((c) => (
              <li key={c.id}>
                <ContestCard contest={c} />
              </li>
            ))}
          </ul>
        )}
        {list.hasNextPage && (
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('ui.more')}
          </Button>
        )}
        <Contact />
      </div>
    </Page>
  )
}
