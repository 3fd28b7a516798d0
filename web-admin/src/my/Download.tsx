import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import { download } from '@/api/queries/my'
import { save } from '@/records/download'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import css from './My.module.css'

/** A copy of what is mine. */
export function Download() {
  const { t } = useTranslation()
  const tell = useTell()
  const [busy, setBusy] = useState(false)
  const take = async () => {
    setBusy(true)
    try {
      save(await download(), 'my-data.zip')
      tell.done(t('my.downloaded'))
    } catch (error) {
      if (error instanceof ProblemError) tell.failed(error)
      else tell.note(t('my.broken'))
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className={css.download}>
      <Button type="primary" loading={busy} onClick={() => void take()}>
        {busy ? t('my.downloading') : t('my.download')}
      </Button>
      <p className={shared.soft}>{t('my.downloadMeans')}</p>
    </section>
  )
}
