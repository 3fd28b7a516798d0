import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { controllerOf, type Side, sidesQuery } from '@/api/queries/holdings'
import { usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { short } from '@/records/Sentence'
import { Chip } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { bytes, day, dayOf, number } from '@/ui/format'
import { Failed, Loading, Notice } from '@/ui/Page'
import css from './Holdings.module.css'
import { MaskNote } from './MaskNote'
import { RulingChip } from './RulingChip'

/** The holdings of one class: what they stand for, whose they are, what has become of them. Never their content. */
export function Sides({
  subject,
  cls,
  control,
  chosen,
}: {
  subject: string
  cls: string
  control?: 'organisation' | 'person' | 'unsettled'
  chosen?: string
}) {
  const { t } = useTranslation()
  const names = usePackNames()
  const navigate = useNavigate({ from: '/holdings/of/$subject' })
  const list = useInfiniteQuery(sidesQuery(subject, cls, controllerOf(control)))
  // What is not settled is treated as the person's, and is not theirs by a rule.
  const rows = (list.data?.pages.flatMap((page) => page.items) ?? []).filter(
    (s) => !control || control === 'organisation' || s.settled === (control === 'person'),
  )
  const columns: Column<Side>[] = [
    {
      key: 'what',
      title: t('holdings.one'),
      cell: (s) => (
        <span className={css.what}>
          <span className={isGone(s) ? css.gone : undefined}>
            {t('departures.itemsAndSize', { count: s.items, n: number(s.items), size: bytes(s.bytes) })}{' '}
            <code>{short(s.holding_id)}</code>
          </span>
          <span className={css.small}>
            <RulingChip ruling={s} />
          </span>
        </span>
      ),
    },
    {
      key: 'span',
      title: t('holdings.span'),
      width: '192px',
      wideOnly: true,
      cell: (s) => span(s.first_at, s.last_at),
    },
    {
      key: 'ruling',
      title: t('holdings.control'),
      width: '36%',
      wideOnly: true,
      cell: (s) => <RulingChip ruling={s} />,
    },
    {
      key: 'state',
      title: t('departures.state'),
      width: '84px',
      wideOnly: true,
      cell: (s) => <Chip tone={s.state === 'active' ? 'quiet' : 'plain'}>{stateOf(s)}</Chip>,
    },
  ]
  return (
    <>
      <Link
        from="/holdings/of/$subject"
        to="."
        search={(s) => ({ ...s, class: undefined, holding: undefined })}
        className={css.back}
      >
        {t('holdings.allClasses')}
      </Link>
      <h2>{names.ofClass(cls)}</h2>
      <MaskNote cls={cls} />
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Notice title={t('holdings.nothingOfClass')} />
      ) : (
        <DataTable
          label={names.ofClass(cls)}
          columns={columns}
          rows={rows}
          rowKey={(s) => s.holding_id}
          chosen={chosen}
          onOpen={(s) => void navigate({ search: (before) => ({ ...before, holding: s.holding_id }) })}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        />
      )}
    </>
  )
}

const isGone = (s: Side) => s.holding_state !== 'held' || s.state === 'ended'

/** What has become of it: of the holding where it is gone, else of this side. */
export function stateOf(s: Pick<Side, 'state' | 'holding_state'>): string {
  return s.holding_state === 'held' ? word('holdings.states', s.state) : word('holdings.holdingStates', s.holding_state)
}

/** From the oldest item to the newest, as civil days. */
export function span(first?: string | null, last?: string | null): string {
  if (!first || !last) return ''
  const [from, to] = [dayOf(first), dayOf(last)]
  return from === to ? day(from) : `${day(from)} – ${day(to)}`
}
