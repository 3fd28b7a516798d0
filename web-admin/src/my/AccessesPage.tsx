import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { type MyAccess, myAccessesQuery } from '@/api/queries/my'
import { type Say, word } from '@/i18n'
import { day, dayOf, number, second } from '@/ui/format'
import { Failed, Loading, Notice } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import css from './My.module.css'
import { MyPage } from './MyPage'
import { nameOf } from './words'

/** Who used my data, day by day. */
export function AccessesPage() {
  const { t } = useTranslation()
  const list = useInfiniteQuery(myAccessesQuery)
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const days = byDay(rows)
  return (
    <MyPage title={t('my.accessesTitle')} lead={t('my.accessesLead')}>
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Notice title={t('my.emptyAccesses')}>
          <p>{t('my.emptyAccessesNext')}</p>
        </Notice>
      ) : (
        <>
          {days.map(([date, uses]) => (
            <section key={date} aria-label={day(date)}>
              <h2 className={css.day}>{day(date)}</h2>
              <ul className={css.uses}>
                {uses.map((use) => (
                  <li key={use.seq}>
                    <Use use={use} />
                  </li>
                ))}
              </ul>
            </section>
          ))}
          {list.hasNextPage && (
            <Button
              style={{ marginTop: 16 }}
              loading={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {t('ui.more')}
            </Button>
          )}
        </>
      )}
    </MyPage>
  )
}

function byDay(rows: MyAccess[]): [string, MyAccess[]][] {
  const days = new Map<string, MyAccess[]>()
  for (const row of rows) {
    const date = dayOf(row.at)
    days.set(date, [...(days.get(date) ?? []), row])
  }
  return [...days]
}

function Use({ use }: { use: MyAccess }) {
  const { t } = useTranslation()
  const who = whoOf(t, use)
  const what = word('my.what', use.what)
  return (
    <>
      <p>
        <strong>{who}</strong> {use.class ? t('my.used', { what, class: nameOf(use.class) }) : what}
      </p>
      <p className={shared.soft}>
        {[
          use.purpose && t('my.forPurpose', { purpose: word('purposes', use.purpose) }),
          use.instruction &&
            t('my.underInstruction', {
              kind: t(`my.kinds.${use.instruction.kind}`),
              purpose: word('purposes', use.instruction.purpose),
            }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <p className={css.label}>
        {second(use.at)} · {t('my.record', { seq: number(use.seq) })}
      </p>
    </>
  )
}

/** A colleague by name; where that is not shown, the role; else what acted. */
function whoOf(t: Say, use: MyAccess): string {
  const roles = use.by.roles.map(nameOf).join(t('ui.and'))
  if (use.by.name) return roles ? t('my.inRole', { name: use.by.name, roles }) : use.by.name
  switch (use.by.kind) {
    case 'member':
      return roles ? t('my.someone', { roles }) : t('my.aColleague')
    case 'job':
      return t('my.job')
    case 'connector':
      return t('my.connector')
    default:
      return t('my.system')
  }
}
