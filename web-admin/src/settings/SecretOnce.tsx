import { Button, Modal } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyField } from '@/ui/CopyField'
import css from './Settings.module.css'

/** What is shown once and never again. Only the button closes it, so that no stray click loses it. */
export function SecretOnce({
  values,
  children,
  onDone,
}: {
  values: [string, string][]
  children?: ReactNode
  onDone: () => void
}) {
  const { t } = useTranslation()
  return (
    <Modal
      open
      title={t('settings.once')}
      closable={false}
      keyboard={false}
      width={560}
      footer={
        <Button type="primary" onClick={onDone}>
          {t('settings.onceDone')}
        </Button>
      }
    >
      <p>{t('settings.onceMeans')}</p>
      <div className={css.once}>
        {values.map(([label, value]) => (
          <CopyField key={label} label={label} value={value} />
        ))}
        {children}
      </div>
    </Modal>
  )
}
