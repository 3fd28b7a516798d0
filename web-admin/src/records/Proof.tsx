import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { usePowers } from '@/api/queries/powers'
import type { AccessRecord } from '@/api/queries/records'
import { Act } from '@/ui/Act'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import { exported, save } from './download'
import css from './RecordDrawer.module.css'
import { VerifyHow } from './VerifyHow'

/** The proof of one record: an export of it alone, shown and saved as it is verified. */
export function Proof({ record }: { record: AccessRecord }) {
  const { t } = useTranslation()
  const tell = useTell()
  const powers = usePowers()
  const proof = useMutation({
    mutationFn: async () => (await exported({ seq: record.seq }, 'ndjson', false)).text(),
    onError: tell.failed,
  })
  const name = `tenure-record-${record.seq}.ndjson`
  return (
    <section className={css.part} aria-labelledby="record-proof">
      <h2 id="record-proof">{t('records.proof')}</h2>
      <p className={shared.soft}>{record.sealed ? t('records.proofHelp') : t('records.notSealedYet')}</p>
      {proof.data === undefined ? (
        <div className={css.acts}>
          <Act
            can={{ allowed: powers.has('records.export'), why: 'power.missing' }}
            label={t('records.getProof')}
            loading={proof.isPending}
            onClick={() => proof.mutate()}
          />
        </div>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard */}
          <pre className={css.json} tabIndex={0}>
            {proof.data}
          </pre>
          <div className={css.acts}>
            <Button onClick={() => save(new Blob([proof.data], { type: 'application/x-ndjson' }), name)}>
              {t('records.saveProof')}
            </Button>
          </div>
          <VerifyHow file={name} />
        </>
      )}
    </section>
  )
}
