import { useTranslation } from 'react-i18next'
import css from './Clauses.module.css'

/** The clauses that something rests on, by id. */
export function Clauses({ ids }: { ids: string[] }) {
  const { t } = useTranslation()
  if (ids.length === 0) return null
  return (
    <p className={css.clauses}>
      <span>{t('ui.clauses')}</span>
      {ids.map((id) => (
        <code key={id}>{id}</code>
      ))}
    </p>
  )
}
