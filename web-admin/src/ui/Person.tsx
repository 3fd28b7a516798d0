import { useTranslation } from 'react-i18next'
import css from './Person.module.css'

/** A person as lists show them: the name, and the staff number that tells two of one name apart. */
export function Person({ name, number }: { name?: string | null; number?: string | null }) {
  const { t } = useTranslation()
  return (
    <span className={css.person}>
      <bdi className={css.name}>{name ?? t('ui.nameForgotten')}</bdi>
      {number && <span className={css.number}>{number}</span>}
    </span>
  )
}
