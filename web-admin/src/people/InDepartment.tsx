import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { departmentsQuery } from '@/api/queries/people'
import shared from '@/ui/shared.module.css'

/** Over whose data a role was given, where it is not everybody's. */
export function InDepartment({ id }: { id?: string | null }) {
  const { t } = useTranslation()
  const departments = useQuery({ ...departmentsQuery, enabled: Boolean(id) })
  if (!id) return null
  const name = departments.data?.find((d) => d.id === id)?.name ?? '…'
  return <span className={shared.note}>{t('people.inDepartment', { name })}</span>
}
