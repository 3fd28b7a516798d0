import { Link } from '@tanstack/react-router'
import { Drawer } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { useInView } from '@/shell/inView'
import { Notice } from '@/ui/Page'
import { type Conditions, filterOf } from './filter'
import css from './NearDrawer.module.css'
import { RecordDrawer } from './RecordDrawer'
import { RecordTable } from './RecordTable'
import { Thing } from './Sentence'
import { useRecords } from './useRecords'

/** The access records of what the page is about, beside it: on every page, by `~`. */
export default function NearDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const powers = usePowers()
  const inView = useInView()
  return (
    <Drawer
      open
      onClose={onClose}
      size={640}
      title={inView ? t('records.near') : t('records.nearNone')}
      styles={{ body: { paddingTop: 12 } }}
    >
      {powers.has('records.read') ? (
        <Near conditions={inView ? { object: inView.id } : {}} onClose={onClose} />
      ) : (
        <Notice title={t('ui.forbidden')}>
          <p>{word('problems', 'power.missing')}</p>
        </Notice>
      )}
    </Drawer>
  )
}

function Near({ conditions, onClose }: { conditions: Conditions; onClose: () => void }) {
  const { t } = useTranslation()
  const inView = useInView()
  const [open, setOpen] = useState<number>()
  const key = JSON.stringify(conditions)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is the conditions, by value
  const filter = useMemo(() => filterOf(conditions, new Date()), [key])
  const records = useRecords(filter, false)
  return (
    <div className={css.near}>
      <div className={css.head}>
        {inView && (
          <span>
            {inView.label ? <bdi>{inView.label}</bdi> : null} <Thing kind={inView.kind} id={inView.id} />
          </span>
        )}
        <Link to="/records" search={conditions} onClick={onClose}>
          {t('records.nearPage')}
        </Link>
      </div>
      <RecordTable records={records} isFiltered={inView !== null} narrow onOpen={(r) => setOpen(r.seq)} />
      {open !== undefined && (
        <RecordDrawer
          seq={open}
          known={records.rows.find((r) => r.seq === open)}
          onNarrow={() => setOpen(undefined)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </div>
  )
}
