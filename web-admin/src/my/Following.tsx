import { useTranslation } from 'react-i18next'
import css from './My.module.css'

/** Says that what is shown is being ruled anew; it changes by itself when that is done. */
export function Following({ is }: { is: boolean }) {
  const { t } = useTranslation()
  return (
    <p role="status" className={css.soft}>
      {is && t('my.following')}
    </p>
  )
}
