import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { type MyGroup, type MyHolding, myHoldingsQuery } from '@/api/queries/my'
import { type Say, word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { Failed, Loading } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import { Contest } from './Contest'
import css from './My.module.css'
import { itemsOf, keepingOf, spanOf } from './words'

/** The entries of a group, a page at a time: counts and dates, never content. */
export function Holdings({ group, name, answeredWithin }: { group: MyGroup; name: string; answeredWithin: number }) {
  const { t } = useTranslation()
  const list = useInfiniteQuery(
    myHoldingsQuery({ class: group.class.key, controller: group.controller, rule: group.rule }),
  )
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />
  if (list.isPending) return <Loading />
  const rows = list.data.pages.flatMap((page) => page.items)
  return (
    <section aria-label={t('my.detailsOf', { class: name })}>
      <ul className={css.rows}>
        {rows.map((h) => (
          <li key={h.id}>
            <span>{whatOf(t, h)}</span>
            <span>
              {[
                h.kept_at ?? t('my.vault'),
                word('my.states', h.state),
                h.retain_until && keepingOf(t, null, h.retain_until),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
            {/* Of the only one there is, the button above says the same. */}
            {group.controller === 'organisation' && rows.length > 1 && (
              <span className={shared.line}>
                {h.contest && <Chip tone="accent">{t('my.underContest')}</Chip>}
                <Contest
                  small
                  of={{ class: group.class.key, holding_id: h.id }}
                  can={h.can.contest}
                  title={t('my.contestOne', { class: name, what: whatOf(t, h) })}
                  days={answeredWithin}
                />
              </span>
            )}
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('ui.more')}
        </Button>
      )}
    </section>
  )
}

function whatOf(t: Say, h: MyHolding): string {
  return [itemsOf(t, h.items), spanOf(t, h.first_at, h.last_at)].filter(Boolean).join(' · ')
}
