import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { findMembers, type Member } from '@/api/queries/find'
import { firstMembersQuery } from '@/api/queries/setup'
import { Person } from '@/ui/Person'
import { useSettled } from '@/ui/useSettled'

/** Chooses one member: the first few at once, everybody else by what is typed. */
export function PickMember({
  label,
  value,
  onChange,
  autoFocus = false,
}: {
  label: string
  value: Member | null
  onChange: (member: Member | null) => void
  autoFocus?: boolean
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const sought = useSettled(typed.trim())
  const first = useQuery({ ...firstMembersQuery, enabled: sought === '' })
  const found = useQuery(findMembers(sought))
  const members = (sought === '' ? first.data : found.data) ?? []
  const all = value && !members.some((m) => m.id === value.id) ? [value, ...members] : members
  return (
    <Select
      aria-label={label}
      autoFocus={autoFocus}
      style={{ width: 300, maxWidth: '100%' }}
      placeholder={t('setup.appointFind')}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      allowClear
      loading={found.isFetching || first.isFetching}
      value={value?.id}
      options={all.map((m) => ({ value: m.id, label: m.name ?? m.staff_number, number: m.staff_number }))}
      optionRender={(o) => <Person name={o.data.label} number={o.data.number} />}
      notFoundContent={t('setup.appointNone')}
      onChange={(id?: string) => onChange(all.find((m) => m.id === id) ?? null)}
    />
  )
}
