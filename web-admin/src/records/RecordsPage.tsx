import { useNavigate, useSearch } from '@tanstack/react-router'
import { Switch } from 'antd'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { usePowers } from '@/api/queries/powers'
import { Act } from '@/ui/Act'
import { number } from '@/ui/format'
import { Page } from '@/ui/Page'
import { ExportDialog } from './ExportDialog'
import { type Conditions, conditionsOf, filterOf } from './filter'
import { QueryBar } from './QueryBar'
import { RecordDrawer } from './RecordDrawer'
import css from './RecordsPage.module.css'
import { RecordTable } from './RecordTable'
import { SealStatus } from './SealStatus'
import { useRecords } from './useRecords'
import { Views } from './Views'
import { Volume } from './Volume'

/** 访问记录: who did or tried what, as sentences, with the proof that none was changed. The address holds the question. */
export function RecordsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/records' })
  const search = useSearch({ from: '/shell/records' })
  const powers = usePowers()
  const exporting = search.export === true && powers.has('records.export')
  const setExporting = (on: boolean) =>
    void navigate({ search: (s) => ({ ...s, export: on || undefined }), replace: true })
  const live = search.live === true
  const conditions = useMemo(() => conditionsOf(search), [search])
  const isFiltered = Object.keys(conditions).length > 0
  // "The last 24 hours" are those before the question was asked, not before each time that the page is drawn.
  const key = JSON.stringify(conditions)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is the conditions, by value
  const filter = useMemo(() => filterOf(conditions, new Date()), [key])
  const records = useRecords(filter, live)
  const choose = (chosen: Conditions) => void navigate({ search: ({ live, by }) => ({ ...chosen, live, by }) })
  const open = (seq: number | undefined) =>
    void navigate({ search: (s) => ({ ...s, open: seq }), replace: search.open !== undefined })
  useEffect(() => {
    if (live) window.scrollTo({ top: 0 })
  }, [live])
  return (
    <Page
      title={t('records.one')}
      beside={<SealStatus live={live} />}
      actions={
        <Act
          can={{ allowed: powers.has('records.export'), why: 'power.missing' }}
          label={t('records.export')}
          onClick={() => setExporting(true)}
        />
      }
      tools={
        <>
          <QueryBar conditions={conditions} nameOf={records.nameOf} onChange={choose} />
          <Views conditions={conditions} onChoose={choose} />
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control in it */}
          <label className={css.live}>
            <Switch
              size="small"
              checked={live}
              onChange={(on) => void navigate({ search: (s) => ({ ...s, live: on || undefined }) })}
            />
            {t('records.live')}
          </label>
          <span role="status" className={css.came}>
            {live &&
              (records.came > 0
                ? t('records.newRows', { count: records.came, n: number(records.came) })
                : records.connected
                  ? t('records.liveOn')
                  : t('records.liveGone'))}
          </span>
        </>
      }
    >
      <div className={css.content}>
        <Volume
          filter={filter}
          by={search.by === 'act' ? 'act' : 'outcome'}
          onBy={(by) => void navigate({ search: (s) => ({ ...s, by: by === 'act' ? 'act' : undefined }) })}
          onTime={(time) => choose({ ...conditions, ...time })}
        />
        <RecordTable
          records={records}
          isFiltered={isFiltered}
          chosen={search.open === undefined ? undefined : String(search.open)}
          onOpen={(r) => open(r.seq)}
        />
      </div>
      {search.open !== undefined && (
        <RecordDrawer
          seq={search.open}
          known={records.rows.find((r) => r.seq === search.open)}
          onNarrow={choose}
          onClose={() => open(undefined)}
        />
      )}
      {exporting && <ExportDialog filter={filter} isFiltered={isFiltered} onClose={() => setExporting(false)} />}
    </Page>
  )
}
