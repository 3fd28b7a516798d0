import { Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'

/** Chooses classes by name or key: one by one, or all whose keys begin alike. */
export function ClassSelect({
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
  const names = usePackNames()
  const { classes, ofClass } = names
  const options = useMemo(() => {
    const heads = new Map<string, number>()
    for (const c of classes) {
      const head = c.key.slice(0, c.key.indexOf('.'))
      heads.set(head, (heads.get(head) ?? 0) + 1)
    }
    const groups = [...heads]
      .filter(([, n]) => n > 1)
      .map(([head, n]) => ({ value: `${head}.*`, label: t('instructions.allOf', { head, n }) }))
    return [...groups, ...classes.map((c) => ({ value: c.key, label: `${ofClass(c.key)} · ${c.key}` }))]
  }, [classes, ofClass, t])
  return (
    <Select
      id={id}
      aria-label={label}
      mode="multiple"
      showSearch={{ optionFilterProp: 'label' }}
      maxTagCount="responsive"
      value={value}
      options={options}
      onChange={onChange}
    />
  )
}
