import { useMutation } from '@tanstack/react-query'
import { Button, Checkbox, Modal, Radio } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordFilter } from '@/api/queries/records'
import { bytes, number } from '@/ui/format'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import { exported, fileName, type Progress, save, taken } from './download'
import css from './RecordDrawer.module.css'
import { VerifyHow } from './VerifyHow'

/** An export as it runs: what is exported, how far it is, a way to stop it, and how to verify what came. */
export function ExportDialog({
  filter,
  isFiltered,
  onClose,
}: {
  filter: RecordFilter
  isFiltered: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const tell = useTell()
  const [format, setFormat] = useState<'ndjson' | 'csv'>('ndjson')
  const [personal, setPersonal] = useState(false)
  const [progress, setProgress] = useState<Progress | null>(null)
  const stop = useRef<AbortController>(null)
  const job = useMutation({
    mutationFn: async () => {
      stop.current = new AbortController()
      const answer = await exported(filter, format, personal, stop.current.signal)
      const name = fileName(answer, `tenure-records.${format}`)
      const file = await taken(answer, setProgress)
      save(file, name)
      return { name, size: file.size }
    },
    onError: (error) => {
      setProgress(null)
      if (error instanceof DOMException && error.name === 'AbortError') tell.done(t('records.stopped'))
      else tell.failed(error)
    },
  })
  const close = () => {
    stop.current?.abort()
    onClose()
  }
  return (
    <Modal
      open
      title={t('records.exportTitle')}
      width={520}
      onCancel={close}
      footer={
        job.isPending ? (
          <Button onClick={() => stop.current?.abort()}>{t('records.stop')}</Button>
        ) : job.data ? (
          <Button onClick={close}>{t('help.close')}</Button>
        ) : (
          <>
            <Button onClick={close}>{t('ui.cancel')}</Button>
            <Button type="primary" onClick={() => job.mutate()}>
              {t('records.start')}
            </Button>
          </>
        )
      }
    >
      <div className={css.drawer}>
        {!job.data && (
          <>
            <p>{isFiltered ? t('records.exportWhat') : t('records.exportAll')}</p>
            <Radio.Group
              aria-label={t('records.format')}
              value={format}
              disabled={job.isPending}
              onChange={(e) => setFormat(e.target.value)}
              style={{ display: 'grid', gap: 8 }}
            >
              <Radio value="ndjson">{t('records.ndjson')}</Radio>
              <Radio value="csv">{t('records.csv')}</Radio>
            </Radio.Group>
            <Checkbox checked={personal} disabled={job.isPending} onChange={(e) => setPersonal(e.target.checked)}>
              {t('records.includePersonal')}
            </Checkbox>
            <p className={shared.soft}>{t('records.exportLeaves')}</p>
          </>
        )}
        <p role="status" aria-live="polite">
          {job.isPending &&
            t('records.exporting', { size: bytes(progress?.bytes ?? 0), n: number(progress?.lines ?? 0) })}
          {job.data && t('records.exported', { size: bytes(job.data.size) })}
        </p>
        {job.data && (
          <section className={css.part} aria-labelledby="export-verify">
            <h2 id="export-verify">{t('records.verify')}</h2>
            <VerifyHow file={job.data.name} />
          </section>
        )}
      </div>
    </Modal>
  )
}
