import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Holding, Side } from '@/api/queries/holdings'
import { usePowers } from '@/api/queries/powers'
import type { AccessRecord, RecordFilter } from '@/api/queries/records'
import { word } from '@/i18n'
import { RecordDrawer } from '@/records/RecordDrawer'
import { RecordTable } from '@/records/RecordTable'
import { SealStatus } from '@/records/SealStatus'
import { useRecords } from '@/records/useRecords'
import { Notice } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import css from './HoldingDrawer.module.css'

/** Who read it, tried to, or was told about it. */
export function SeenTab({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <Permitted>
      <div className={css.tab}>
        <p className={shared.soft}>{t('holdings.seenHelp')}</p>
        <Link to="/records" search={{ object: id }}>
          {t('records.nearPage')}
        </Link>
        <Records filter={{ object: id }} />
      </div>
    </Permitted>
  )
}

/** The records in which it came to be, and what proves that nothing of it was changed or left out. */
export function ProofTab({ id, h, side }: { id: string; h: Holding; side: Side }) {
  const { t } = useTranslation()
  // The transaction that registered it left its records at that very instant.
  const born: RecordFilter = {
    since: h.created_at,
    until: after(h.created_at),
    act: h.connector ? 'holdings.register' : 'holdings.deposit',
    subject: h.connector ? undefined : side.subject_id,
  }
  return (
    <Permitted>
      <div className={css.tab}>
        <div className={shared.line}>
          <SealStatus live={false} />
        </div>
        <p className={shared.soft}>{t('holdings.proofHelp')}</p>
        <section className={css.part} aria-labelledby="came-to-be">
          <h3 id="came-to-be">{t('holdings.cameToBe')}</h3>
          <Records filter={born} />
        </section>
        <section className={css.part} aria-labelledby="since-then">
          <h3 id="since-then">{t('holdings.sinceThen')}</h3>
          <Records filter={{ object: id }} />
        </section>
      </div>
    </Permitted>
  )
}

/** One millisecond later. */
function after(at: string): string {
  return new Date(Date.parse(at) + 1).toISOString()
}

function Permitted({ children }: { children: React.ReactNode }) {
  const { t } = useTranslation()
  const powers = usePowers()
  if (powers.has('records.read')) return children
  return (
    <Notice title={t('ui.forbidden')}>
      <p>{word('problems', 'power.missing')}</p>
      <p>{t('holdings.askAuditor')}</p>
    </Notice>
  )
}

function Records({ filter }: { filter: RecordFilter }) {
  const key = JSON.stringify(filter)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is the filter, by value
  const kept = useMemo(() => filter, [key])
  const records = useRecords(kept, false)
  const [open, setOpen] = useState<AccessRecord>()
  return (
    <>
      <RecordTable records={records} isFiltered narrow onOpen={setOpen} />
      {open && (
        <RecordDrawer
          seq={open.seq}
          known={open}
          onNarrow={() => setOpen(undefined)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  )
}
