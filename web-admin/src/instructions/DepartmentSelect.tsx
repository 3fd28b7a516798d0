import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { departmentsQuery } from '@/api/queries/people'

/** Every department with those above it: two teams of one name are told apart. */
function useDepartmentPaths() {
  const { data, isPending } = useQuery(departmentsQuery)
  const options = useMemo(() => {
    const all = new Map((data ?? []).map((d) => [d.id, d]))
    const pathOf = (id: string): string => {
      const names: string[] = []
      for (let at = all.get(id); at && names.length < all.size; at = at.parent_id ? all.get(at.parent_id) : undefined) {
        names.unshift(at.name)
      }
      return names.join(' / ')
    }
    return [...all.keys()]
      .map((key) => ({ value: key, label: pathOf(key) }))
      .sort((a, b) => a.label.localeCompare(b.label))
  }, [data])
  return { options, isPending }
}

/** Chooses one department. */
export function OneDepartmentSelect({
  label,
  value,
  onChange,
}: {
  label: string
  value?: string
  onChange: (chosen: string) => void
}) {
  const { t } = useTranslation()
  const { options, isPending } = useDepartmentPaths()
  return (
    <Select
      aria-label={label}
      placeholder={label}
      showSearch={{ optionFilterProp: 'label' }}
      loading={isPending}
      value={value}
      options={options}
      notFoundContent={t('instructions.noDepartment')}
      onChange={onChange}
    />
  )
}

/** Chooses departments. */
export function DepartmentSelect({
  label,
  id,
  value,
  onChange,
}: {
  label: string
  id?: string
  value?: string[]
  onChange?: (chosen: string[]) => void
}) {
  const { t } = useTranslation()
  const { options, isPending } = useDepartmentPaths()
  return (
    <Select
      id={id}
      aria-label={label}
      mode="multiple"
      showSearch={{ optionFilterProp: 'label' }}
      loading={isPending}
      value={value}
      options={options}
      notFoundContent={t('instructions.noDepartment')}
      onChange={onChange}
    />
  )
}
