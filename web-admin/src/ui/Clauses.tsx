import { useTranslation } from 'react-i18next'
import { Clause } from './Clause'
import css from './Clauses.module.css'

/** The clauses that something rests on, by id; each opens to what it asks. */
export function Clauses({ ids }: { ids: string[] }) {
  const { t } = useTranslation()
  if (ids.length === 0) return null
  return (
    <p className={css.clauses}>
      <span>{t('ui.clauses')}</span>
      {ids.map((id) => (
        <Clause key={id} id={id} />
      ))}
    </p>
  )
}
