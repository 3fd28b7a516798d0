import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Case, type CaseState, casesQuery } from '@/api/queries/cases'
import { usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { Act } from '@/ui/Act'
import { Chip } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { instant } from '@/ui/format'
import { Failed, Loading, Notice, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import { CaseDrawer } from './CaseDrawer'
import { OpenCaseDialog } from './OpenCaseDialog'

const STATES: CaseState[] = ['open', 'closed']

/** 案件: what opens one person's data to somebody for as long as it is open. */
export function CaseListPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/cases' })
  const search = useSearch({ from: '/shell/cases' })
  const powers = usePowers()
  const names = usePackNames()
  const [opening, setOpening] = useState(false)
  const state = STATES.find((s) => s === search.state)
  const list = useInfiniteQuery(casesQuery({ state, own: !powers.has('cases.read') }))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const shown = rows.find((c) => c.id === search.case)
  const columns: Column<Case>[] = [
    {
      key: 'about',
      title: t('cases.about'),
      cell: (c) => <Person name={c.about.name} number={c.about.staff_number} />,
    },
    { key: 'kind', title: t('cases.kind'), width: '104px', wideOnly: true, cell: (c) => word('cases.kinds', c.kind) },
    {
      key: 'opens',
      title: t('cases.opens'),
      width: '24%',
      wideOnly: true,
      cell: (c) => c.scope.classes.map(names.ofClass).join(t('ui.and')),
    },
    {
      key: 'assignee',
      title: t('cases.assignee'),
      width: '34%',
      cell: (c) => <Person name={c.assignee.name} number={c.assignee.staff_number} />,
    },
    {
      key: 'until',
      title: t('cases.until'),
      width: '148px',
      wideOnly: true,
      cell: (c) => (c.state === 'open' ? instant(c.until) : c.closed_at ? instant(c.closed_at) : ''),
    },
    {
      key: 'state',
      title: t('departures.state'),
      width: '96px',
      cell: (c) => <Chip tone={c.state === 'open' ? 'accent' : 'quiet'}>{word('cases.states', c.state)}</Chip>,
    },
  ]
  return (
    <Page
      title={t('cases.title')}
      actions={
        <Act
          can={{ allowed: powers.has('cases.manage'), why: 'power.missing' }}
          type="primary"
          label={t('cases.open')}
          onClick={() => setOpening(true)}
        />
      }
      tools={
        <Select
          aria-label={t('departures.filterState')}
          value={state ?? ''}
          style={{ width: 150 }}
          options={[
            { value: '', label: t('departures.everyState') },
            ...STATES.map((s) => ({ value: s, label: word('cases.states', s) })),
          ]}
          onChange={(s) => void navigate({ search: (before) => ({ ...before, state: s || undefined }) })}
        />
      }
    >
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Notice title={t('cases.none')}>
          <p>{t('cases.noneHelp')}</p>
        </Notice>
      ) : (
        <DataTable
          label={t('cases.title')}
          columns={columns}
          rows={rows}
          rowKey={(c) => c.id}
          chosen={search.case}
          onOpen={(c) => void navigate({ search: (before) => ({ ...before, case: c.id }) })}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        />
      )}
      {opening && <OpenCaseDialog onClose={() => setOpening(false)} />}
      {shown && (
        <CaseDrawer c={shown} onClose={() => void navigate({ search: (before) => ({ ...before, case: undefined }) })} />
      )}
    </Page>
  )
}
