import { useTranslation } from 'react-i18next'
import type { AccessRecord } from '@/api/queries/records'
import { word } from '@/i18n'
import { Chip, type Tone } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { number, second } from '@/ui/format'
import { Failed, Loading, Notice } from '@/ui/Page'
import css from './RecordTable.module.css'
import { Sentence } from './Sentence'
import type { useRecords } from './useRecords'

/** Tones of the outcomes: only what was not done stands out. */
export const TONES: Record<string, Tone> = { done: 'quiet', permitted: 'accent', refused: 'danger', failed: 'danger' }

/** Records as rows, newest first: when, the sentence, how it ended. */
export function RecordTable({
  records: { list, rows },
  isFiltered,
  chosen,
  narrow = false,
  onOpen,
}: {
  records: ReturnType<typeof useRecords>
  isFiltered: boolean
  chosen?: string
  /** In a drawer: without the number. */
  narrow?: boolean
  onOpen: (r: AccessRecord) => void
}) {
  const { t } = useTranslation()
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />
  if (list.isPending) return <Loading />
  if (rows.length === 0) {
    return (
      <Notice title={isFiltered ? t('records.noneMatch') : t('records.none')}>
        {isFiltered && <p>{t('records.noneHelp')}</p>}
      </Notice>
    )
  }
  const columns: Column<AccessRecord>[] = [
    {
      key: 'time',
      title: t('records.time'),
      width: '196px',
      wideOnly: true,
      cell: (r) => <time dateTime={r.at}>{second(r.at)}</time>,
    },
    {
      key: 'what',
      title: t('records.what'),
      cell: (r) => (
        <div className={css.what}>
          <Sentence record={r} />
          <time className={css.small} dateTime={r.at}>
            {second(r.at)}
          </time>
        </div>
      ),
    },
    {
      key: 'outcome',
      title: t('records.outcome'),
      width: '84px',
      cell: (r) => <Chip tone={TONES[r.outcome] ?? 'plain'}>{word('records.outcomes', r.outcome)}</Chip>,
    },
  ]
  if (!narrow) {
    columns.push({
      key: 'seq',
      title: t('records.number'),
      width: '84px',
      align: 'end',
      wideOnly: true,
      cell: (r) => <span className={css.seq}>{number(r.seq)}</span>,
    })
  }
  return (
    <DataTable
      label={t('records.one')}
      columns={columns}
      rows={rows}
      rowKey={(r) => String(r.seq)}
      chosen={chosen}
      onOpen={onOpen}
      more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
    />
  )
}
