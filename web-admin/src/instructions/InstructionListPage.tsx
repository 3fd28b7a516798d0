import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import {
  type Instruction,
  type InstructionKind,
  type InstructionState,
  instructionsQuery,
} from '@/api/queries/instructions'
import { usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { Act } from '@/ui/Act'
import { Chip, type Tone } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { instant, number } from '@/ui/format'
import { Failed, Loading, Notice, Page } from '@/ui/Page'
import { InstructionCalendar } from './InstructionCalendar'
import css from './InstructionListPage.module.css'
import { PlainWords } from './PlainWords'

const STATES: InstructionState[] = ['pending', 'in_force', 'carried_out', 'refused', 'revoked', 'expired']
const KINDS: InstructionKind[] = ['standing', 'exceptional', 'order']

export const TONES: Record<InstructionState, Tone> = {
  pending: 'accent',
  in_force: 'plain',
  carried_out: 'quiet',
  refused: 'quiet',
  revoked: 'quiet',
  expired: 'quiet',
}

/** 指令: all that gives authority over the organisation's data, as a table, or by the day on which it ends. */
export function InstructionListPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/instructions' })
  const search = useSearch({ from: '/shell/instructions' })
  const powers = usePowers()
  const state = STATES.find((s) => s === search.state)
  const kind = KINDS.find((k) => k === search.kind)
  const open = (id: string) => void navigate({ to: '/instructions/$id', params: { id }, search: {} })
  return (
    <Page
      title={t('instructions.title')}
      actions={
        <Act
          can={{ allowed: powers.has('instructions.propose'), why: 'power.missing' }}
          type="primary"
          label={t('instructions.new')}
          onClick={() => void navigate({ to: '/instructions/new', search: {} })}
        />
      }
      tools={
        <>
          <Segmented
            value={search.view ?? 'table'}
            options={[
              { value: 'table', label: t('departures.asTable') },
              { value: 'calendar', label: t('instructions.asCalendar') },
            ]}
            onChange={(view) =>
              void navigate({ search: (s) => ({ ...s, view: view === 'calendar' ? 'calendar' : undefined }) })
            }
          />
          {search.view !== 'calendar' && (
            <>
              <Select
                aria-label={t('instructions.filterKind')}
                value={kind ?? ''}
                style={{ width: 150 }}
                options={[
                  { value: '', label: t('instructions.everyKind') },
                  ...KINDS.map((k) => ({ value: k, label: word('instructions.kinds', k) })),
                ]}
                onChange={(k) => void navigate({ search: (before) => ({ ...before, kind: k || undefined }) })}
              />
              <Select
                aria-label={t('departures.filterState')}
                value={state ?? ''}
                style={{ width: 150 }}
                options={[
                  { value: '', label: t('departures.everyState') },
                  ...STATES.map((s) => ({ value: s, label: word('instructions.states', s) })),
                ]}
                onChange={(s) => void navigate({ search: (before) => ({ ...before, state: s || undefined }) })}
              />
            </>
          )}
        </>
      }
    >
      {search.view === 'calendar' ? (
        <InstructionCalendar
          month={search.month}
          onMonth={(month) => void navigate({ search: (s) => ({ ...s, month }) })}
          onOpen={open}
        />
      ) : (
        <List state={state} kind={kind} onOpen={open} />
      )}
    </Page>
  )
}

function List({
  state,
  kind,
  onOpen,
}: {
  state: InstructionState | undefined
  kind: InstructionKind | undefined
  onOpen: (id: string) => void
}) {
  const { t } = useTranslation()
  const names = usePackNames()
  const list = useInfiniteQuery(instructionsQuery({ state, kind }))
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />
  if (list.isPending) return <Loading />
  const rows = list.data.pages.flatMap((page) => page.items)
  if (rows.length === 0) {
    return (
      <Notice title={state || kind ? t('instructions.noneMatch') : t('instructions.none')}>
        <p>{t('instructions.noneHelp')}</p>
      </Notice>
    )
  }
  const columns: Column<Instruction>[] = [
    { key: 'what', title: t('instructions.what'), cell: (i) => <What i={i} /> },
    {
      key: 'kind',
      title: t('instructions.kind'),
      width: '92px',
      roomyOnly: true,
      cell: (i) => word('instructions.kinds', i.kind),
    },
    {
      key: 'state',
      title: t('departures.state'),
      width: '96px',
      cell: (i) => <Chip tone={TONES[i.state]}>{word('instructions.states', i.state)}</Chip>,
    },
    {
      key: 'waits',
      title: t('instructions.waitsFor'),
      width: '16%',
      roomyOnly: true,
      cell: (i) => i.waiting_for.map(names.ofRole).join(t('ui.and')),
    },
    {
      key: 'ends',
      title: t('instructions.ends'),
      width: '148px',
      wideOnly: true,
      cell: (i) => {
        const end = i.state === 'pending' ? i.expires_at : i.state === 'in_force' ? i.until : null
        return end ? instant(end) : ''
      },
    },
    {
      key: 'used',
      title: t('instructions.used'),
      width: '150px',
      wideOnly: true,
      cell: (i) => <Used i={i} />,
    },
    {
      key: 'people',
      title: t('instructions.peopleTitle'),
      width: '80px',
      align: 'end',
      roomyOnly: true,
      cell: (i) => (i.subjects === 0 ? t('instructions.all') : number(i.subjects)),
    },
  ]
  return (
    <DataTable
      label={t('instructions.title')}
      columns={columns}
      rows={rows}
      rowKey={(i) => i.id}
      onOpen={(i) => onOpen(i.id)}
      more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
    />
  )
}

/** How often it was used, and by whom last; nothing of what was never in force. */
function Used({ i }: { i: Instruction }) {
  const { t } = useTranslation()
  const { used } = i
  if (!i.in_force_at) return null
  if (used.times === 0) return <span className={css.never}>{t('instructions.neverUsed')}</span>
  const times = number(used.times)
  const by = used.last_by
    ? (used.last_by.name ?? used.last_by.staff_number)
    : word('records.actors', used.last_actor_kind)
  return (
    <span className={css.used}>
      <span>
        {used.more
          ? t('instructions.timesAtLeast', { n: times })
          : t('instructions.times', { count: used.times, n: times })}
      </span>
      <span className={css.never}>
        {by && <bdi>{by}</bdi>} {used.last_at && instant(used.last_at)}
      </span>
    </span>
  )
}

function What({ i }: { i: Instruction }) {
  const { t } = useTranslation()
  return (
    <span className={css.what}>
      <PlainWords said={i} brief />
      {i.sensitive && <Chip tone="danger">{t('instructions.sensitive')}</Chip>}
    </span>
  )
}
