import { Input } from 'antd'
import { useEffect, useState } from 'react'
import css from './SearchBox.module.css'
import { useSettled } from './useSettled'

/** What is typed to narrow a list. While somebody types nothing is asked; what they settled on stands in the address. */
export function SearchBox({
  value,
  label,
  placeholder,
  onSettled,
}: {
  /** As the address has it. */
  value: string
  label: string
  placeholder: string
  onSettled: (text: string) => void
}) {
  const [typed, setTyped] = useState(value)
  const settled = useSettled(typed.trim(), 250)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed goes to the address, and once
  useEffect(() => {
    if (settled !== value) onSettled(settled)
  }, [settled])
  // The address changed by itself, by a link or the way back: the box says what it says.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the address counts
  useEffect(() => {
    if (value !== settled) setTyped(value)
  }, [value])
  return (
    <Input
      type="search"
      className={css.search}
      value={typed}
      aria-label={label}
      placeholder={placeholder}
      maxLength={100}
      onChange={(e) => setTyped(e.target.value)}
    />
  )
}
