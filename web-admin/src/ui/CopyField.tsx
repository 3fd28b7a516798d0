import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import css from './CopyField.module.css'
import { useTell } from './useTell'

/** A value that somebody carries to another system: shown whole, copied with one click. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation()
  const tell = useTell()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      tell.done(t('settings.copied'))
    } catch (error) {
      tell.failed(error)
    }
  }
  return (
    <div className={css.field}>
      <span className={css.label}>{label}</span>
      <code className={css.value}>{value}</code>
      <Button size="small" onClick={() => void copy()} aria-label={`${t('settings.copy')} ${label}`}>
        {t('settings.copy')}
      </Button>
    </div>
  )
}
