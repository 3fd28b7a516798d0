import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Departure, type DepartureState, departuresQuery } from '@/api/queries/departures'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { day, number } from '@/ui/format'
import { Failed, Loading, Notice, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import { DepartureCalendar } from './DepartureCalendar'

const STATES: DepartureState[] = ['planned', 'submitted', 'approved', 'carrying_out', 'completed', 'rescinded']

/** Who leaves and left, as a table or by day; the address holds the filters. */
export function DepartureListPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/departures' })
  const search = useSearch({ from: '/shell/departures' })
  const state = STATES.find((s) => s === search.state)
  const list = useInfiniteQuery(departuresQuery({ state }))
  const columns = useColumns()
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const open = (d: Departure) => void navigate({ to: '/departures/$id', params: { id: d.id }, search: {} })
  return (
    <Page
      title={t('shell.departures')}
      tools={
        <>
          <Segmented
            value={search.view ?? 'table'}
            options={[
              { value: 'table', label: t('departures.asTable') },
              { value: 'calendar', label: t('departures.asCalendar') },
            ]}
            onChange={(view) =>
              void navigate({ search: (s) => ({ ...s, view: view === 'calendar' ? 'calendar' : undefined }) })
            }
          />
          <Select
            aria-label={t('departures.filterState')}
            value={state ?? ''}
            style={{ width: 160 }}
            options={[
              { value: '', label: t('departures.everyState') },
              ...STATES.map((s) => ({ value: s, label: word('departures.states', s) })),
            ]}
            onChange={(s) => void navigate({ search: (before) => ({ ...before, state: s || undefined }) })}
          />
        </>
      }
    >
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Notice title={state ? t('departures.noneInState') : t('departures.none')}>
          <p>{t('departures.noneHelp')}</p>
        </Notice>
      ) : search.view === 'calendar' ? (
        <DepartureCalendar
          departures={rows}
          month={search.month}
          onMonth={(month) => void navigate({ search: (s) => ({ ...s, month }) })}
          onOpen={open}
        />
      ) : (
        <DataTable
          label={t('shell.departures')}
          columns={columns}
          rows={rows}
          rowKey={(d) => d.id}
          onOpen={open}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        />
      )}
    </Page>
  )
}

function useColumns(): Column<Departure>[] {
  const { t } = useTranslation()
  return [
    { key: 'who', title: t('departures.who'), cell: (d) => <Person name={d.name} number={d.staff_number} /> },
    {
      key: 'department',
      title: t('departures.department'),
      width: '18%',
      wideOnly: true,
      cell: (d) => d.department ?? '',
    },
    { key: 'lastDay', title: t('departures.lastDayTitle'), width: '120px', cell: (d) => day(d.last_day) },
    {
      key: 'state',
      title: t('departures.state'),
      width: '120px',
      cell: (d) => (
        <Chip tone={d.state === 'submitted' || d.state === 'carrying_out' ? 'accent' : 'plain'}>
          {word('departures.states', d.state)}
        </Chip>
      ),
    },
    {
      key: 'progress',
      title: t('departures.progress'),
      width: '110px',
      align: 'end',
      wideOnly: true,
      cell: (d) => `${number(d.lines_done)} / ${number(d.lines)}`,
    },
    {
      key: 'destroyed',
      title: t('departures.destroyedTitle'),
      width: '90px',
      align: 'end',
      wideOnly: true,
      cell: (d) => number(d.lanes.destroyed.holdings),
    },
  ]
}
