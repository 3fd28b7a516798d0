import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import {
  departmentsQuery,
  exportedMembers,
  type Member,
  type MemberFilter,
  type MembershipState,
  membersQuery,
} from '@/api/queries/people'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { fileName, save, taken } from '@/records/download'
import { Act } from '@/ui/Act'
import { Chip } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { day } from '@/ui/format'
import { Failed, Loading, Notice, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import { SearchBox } from '@/ui/SearchBox'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import { DepartmentTree } from './DepartmentTree'
import { ImportDialog } from './ImportDialog'
import { Parts } from './Parts'
import css from './People.module.css'
import { STATE_TONES } from './states'

const STATES: MembershipState[] = ['employed', 'leaving', 'departed']

/** 人员: the department tree beside its members, found by name, pinyin, staff number, address or phone number. */
export function PeoplePage() {
  const { t } = useTranslation()
  const tell = useTell()
  const navigate = useNavigate({ from: '/people' })
  const search = useSearch({ from: '/shell/people' })
  const powers = usePowers()
  const names = usePackNames()
  const departments = useQuery(departmentsQuery)
  const filter: MemberFilter = {
    q: search.q,
    state: STATES.find((s) => s === search.state),
    within: search.within,
    role: search.role,
  }
  const download = useMutation({
    mutationFn: async () => {
      const answer = await exportedMembers(filter)
      save(await taken(answer, () => undefined), fileName(answer, 'tenure-members.csv'))
    },
    onError: tell.failed,
  })
  const roles = names.roles.filter((r) => r.key !== 'employee')
  return (
    <Page
      title={t('people.title')}
      actions={
        <>
          <Act
            can={{ allowed: powers.has('members.write'), why: 'power.missing' }}
            label={t('people.import')}
            onClick={() => void navigate({ search: (s) => ({ ...s, import: true }) })}
          />
          <Act
            can={{ allowed: powers.has('members.export'), why: 'power.missing' }}
            label={t('people.export')}
            loading={download.isPending}
            onClick={() => download.mutate()}
          />
        </>
      }
      tools={
        <Parts>
          <SearchBox
            value={search.q ?? ''}
            label={t('people.find')}
            placeholder={t('people.findPlaceholder')}
            onSettled={(q) => void navigate({ search: (s) => ({ ...s, q: q || undefined }), replace: true })}
          />
          <Select
            aria-label={t('departures.filterState')}
            value={filter.state ?? ''}
            style={{ width: 130 }}
            options={[
              { value: '', label: t('departures.everyState') },
              ...STATES.map((s) => ({ value: s, label: word('people.states', s) })),
            ]}
            onChange={(state) => void navigate({ search: (s) => ({ ...s, state: state || undefined }) })}
          />
          <Select
            aria-label={t('people.filterRole')}
            value={search.role ?? ''}
            style={{ width: 180 }}
            options={[
              { value: '', label: t('people.everyRole') },
              ...roles.map((r) => ({ value: r.key, label: names.ofRole(r.key) })),
            ]}
            onChange={(role) => void navigate({ search: (s) => ({ ...s, role: role || undefined }) })}
          />
        </Parts>
      }
    >
      <div className={css.two}>
        {departments.data ? (
          <nav aria-label={t('people.departments')}>
            <DepartmentTree departments={departments.data} chosen={search.within} />
          </nav>
        ) : (
          <div>{departments.isError ? null : <Loading />}</div>
        )}
        <div>
          <List filter={filter} />
        </div>
      </div>
      {search.import && (
        <ImportDialog onClose={() => void navigate({ search: (s) => ({ ...s, import: undefined }), replace: true })} />
      )}
    </Page>
  )
}

function List({ filter }: { filter: MemberFilter }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const navigate = useNavigate()
  const list = useInfiniteQuery(membersQuery(filter))
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />
  if (list.isPending) return <Loading />
  const rows = list.data.pages.flatMap((page) => page.items)
  if (rows.length === 0) {
    const isFiltered = Object.values(filter).some(Boolean)
    return (
      <Notice title={isFiltered ? t('people.noneMatch') : t('people.none')}>
        <p>{isFiltered ? t('people.noneMatchHelp') : t('people.noneHelp')}</p>
      </Notice>
    )
  }
  const columns: Column<Member>[] = [
    { key: 'who', title: t('people.who'), cell: (m) => <Person name={m.name} number={m.staff_number} /> },
    {
      key: 'department',
      title: t('people.department'),
      width: '18%',
      wideOnly: true,
      cell: (m) => <bdi className={shared.brief}>{m.department}</bdi>,
    },
    {
      key: 'position',
      title: t('people.position'),
      width: '16%',
      wideOnly: true,
      cell: (m) => <bdi className={shared.brief}>{m.position}</bdi>,
    },
    {
      key: 'roles',
      title: t('people.roles'),
      width: '22%',
      wideOnly: true,
      cell: (m) =>
        m.roles
          .filter((r) => r !== 'employee')
          .map(names.ofRole)
          .join(t('instructions.listAnd')),
    },
    {
      key: 'state',
      title: t('people.state'),
      width: '124px',
      cell: (m) => (
        <>
          <Chip tone={STATE_TONES[m.state]}>{word('people.states', m.state)}</Chip>
          {m.last_day && <div className={shared.note}>{day(m.last_day)}</div>}
        </>
      ),
    },
  ]
  return (
    <DataTable
      label={t('people.members')}
      columns={columns}
      rows={rows}
      rowKey={(m) => m.id}
      onOpen={(m) => void navigate({ to: '/people/$id', params: { id: m.id } })}
      more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
    />
  )
}
