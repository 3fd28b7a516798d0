import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Member, membersQuery } from '@/api/queries/people'
import { word } from '@/i18n'
import { STATE_TONES } from '@/people/states'
import { Chip } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { Failed, Loading, Notice, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import { SearchBox } from '@/ui/SearchBox'
import shared from '@/ui/shared.module.css'
import { Parts } from './Frame'

/** 持有数据: begins with whose data it is. */
export function HoldingsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/holdings' })
  const { q } = useSearch({ from: '/shell/holdings' })
  return (
    <Page
      title={t('holdings.title')}
      tools={
        <Parts>
          <SearchBox
            value={q ?? ''}
            label={t('holdings.find')}
            placeholder={t('people.findPlaceholder')}
            onSettled={(found) => void navigate({ search: { q: found || undefined }, replace: true })}
          />
        </Parts>
      }
    >
      <Found q={q ?? ''} />
    </Page>
  )
}

function Found({ q }: { q: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const list = useInfiniteQuery(membersQuery({ q: q || undefined }))
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />
  if (list.isPending) return <Loading />
  const rows = list.data.pages.flatMap((page) => page.items)
  if (rows.length === 0) {
    return (
      <Notice title={q ? t('people.noneMatch') : t('people.none')}>
        <p>{q ? t('people.noneMatchHelp') : t('people.noneHelp')}</p>
      </Notice>
    )
  }
  const columns: Column<Member>[] = [
    { key: 'who', title: t('people.who'), cell: (m) => <Person name={m.name} number={m.staff_number} /> },
    {
      key: 'department',
      title: t('people.department'),
      width: '24%',
      wideOnly: true,
      cell: (m) => <bdi className={shared.brief}>{m.department}</bdi>,
    },
    {
      key: 'position',
      title: t('people.position'),
      width: '24%',
      wideOnly: true,
      cell: (m) => <bdi className={shared.brief}>{m.position}</bdi>,
    },
    {
      key: 'state',
      title: t('people.state'),
      width: '92px',
      cell: (m) => <Chip tone={STATE_TONES[m.state]}>{word('people.states', m.state)}</Chip>,
    },
  ]
  return (
    <DataTable
      label={t('shell.people')}
      columns={columns}
      rows={rows}
      rowKey={(m) => m.id}
      onOpen={(m) => void navigate({ to: '/holdings/of/$subject', params: { subject: m.subject_id }, search: {} })}
      more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
    />
  )
}
