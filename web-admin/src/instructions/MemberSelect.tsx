import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { findMembers } from '@/api/queries/find'
import { Person } from '@/ui/Person'
import { useSettled } from '@/ui/useSettled'
import type { Chosen } from './draft'

/** Chooses people by name, pinyin or staff number; the list is searched on the server and never loaded whole. */
export function MemberSelect({
  by,
  label,
  multiple = false,
  id,
  value,
  onChange,
}: {
  /** Whether the membership is meant (who may), or the person (whose data). */
  by: 'membership' | 'subject'
  label: string
  multiple?: boolean
  id?: string
  value?: Chosen | Chosen[]
  onChange?: (chosen: Chosen | Chosen[]) => void
}) {
  const [typed, setTyped] = useState('')
  const { data, isFetching } = useQuery(findMembers(useSettled(typed)))
  const options = (typed ? (data ?? []) : []).map((m) => ({
    value: by === 'membership' ? m.id : m.subject_id,
    label: m.name ?? m.staff_number ?? m.id,
    number: m.staff_number,
  }))
  return (
    <Select
      id={id}
      aria-label={label}
      mode={multiple ? 'multiple' : undefined}
      labelInValue
      showSearch={{ filterOption: false, onSearch: setTyped }}
      allowClear
      value={value}
      loading={isFetching}
      options={options}
      optionRender={(o) => <Person name={o.data.label} number={o.data.number} />}
      notFoundContent={null}
      onChange={(chosen: unknown) => {
        const plain = (c: Chosen): Chosen => ({ value: c.value, label: c.label })
        onChange?.(Array.isArray(chosen) ? (chosen as Chosen[]).map(plain) : plain(chosen as Chosen))
      }}
    />
  )
}
