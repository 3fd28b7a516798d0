import { useTranslation } from 'react-i18next'
import shared from '@/ui/shared.module.css'

/** Says that what is shown is being ruled anew; it changes by itself when that is done. */
export function Following({ is }: { is: boolean }) {
  const { t } = useTranslation()
  return (
    <p role="status" className={shared.soft}>
      {is && t('my.following')}
    </p>
  )
}
