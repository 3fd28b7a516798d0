import { useQueryClient } from '@tanstack/react-query'
import { useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { actName } from './actName'
import { type Conditions, type Fault, KEYS, type Key, read } from './filter'
import css from './QueryBar.module.css'
import { short } from './Sentence'
import { type Suggestion, useSuggestions } from './useSuggestions'

interface Props {
  conditions: Conditions
  /** Names of people by id, as far as the page knows them. */
  nameOf: (id: string) => string | undefined
  onChange: (conditions: Conditions) => void
}

/** `action:departures.approve since:7d`: conditions as they are typed, completed from pack and people; each set one is a chip. */
export function QueryBar({ conditions, nameOf, onChange }: Props) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const list = useId()
  const faultId = useId()
  const client = useQueryClient()
  const names = usePackNames()
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(-1)
  const [fault, setFault] = useState<Fault | null>(null)
  const keyNames = useMemo(
    () => Object.fromEntries(KEYS.map((k) => [k, t(`records.keys.${k}`)])) as Record<Key, string>,
    [t],
  )
  const suggestions = useSuggestions(text, keyNames)
  const shown = open ? suggestions : []
  const chosen = shown[at]
  const set = KEYS.filter((k) => conditions[k] !== undefined)

  const type = (value: string) => {
    setText(value)
    setFault(null)
    setAt(-1)
    setOpen(true)
  }
  const add = (key: Key, value: string) => {
    onChange({ ...conditions, [key]: value })
    setText('')
    setAt(-1)
    setFault(null)
    // What was asked for is to be seen; the next condition begins with a key.
    setOpen(false)
  }
  const take = (s: Suggestion) => {
    if (s.value === undefined) return type(`${s.key}:`)
    if (s.key === 'actor' || s.key === 'subject') client.setQueryData(['name', s.value], s.label)
    add(s.key, s.value)
  }
  const enter = () => {
    if (chosen) return take(chosen)
    if (text.trim() === '') return
    const found = read(text, keyNames)
    if ('fault' in found) return setFault(found)
    // Who types a person's name means the one that is offered first.
    const first = suggestions[0]
    if ((found.key === 'actor' || found.key === 'subject') && first?.value && !/^[0-9a-f-]{36}$/.test(found.value))
      return take(first)
    add(found.key, found.value)
  }
  const onKeyDown = (e: React.KeyboardEvent) => {
    // Enter that takes characters over from an input method is no Enter of ours.
    if (e.nativeEvent.isComposing) return
    if (e.key === 'ArrowDown' && !open) setOpen(true)
    else if (e.key === 'ArrowDown') setAt((n) => Math.min(n + 1, shown.length - 1))
    else if (e.key === 'ArrowUp') setAt((n) => Math.max(n - 1, -1))
    else if (e.key === 'Enter') enter()
    else if (e.key === 'Tab' && chosen) take(chosen)
    else if (e.key === 'Escape' && open) setOpen(false)
    else if (e.key === 'Backspace' && text === '' && set.length > 0) {
      const last = set[set.length - 1]
      if (!last) return
      const { [last]: value, ...rest } = conditions
      onChange(rest)
      type(`${last}:${value}`)
    } else return
    e.preventDefault()
  }
  const shownValue = (key: Key, value: string): string => {
    if (key === 'action') return actName(value, names)
    if (key === 'class') return names.ofClass(value)
    if (key === 'outcome') return word('records.outcomes', value)
    if (key === 'actor' || key === 'subject') {
      return nameOf(value) ?? client.getQueryData<string>(['name', value]) ?? short(value)
    }
    return key === 'since' || key === 'until' ? value : short(value)
  }

  return (
    <search className={css.bar}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a click beside the chips goes to the input, which has the keys */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the input itself is reached by Tab */}
      <div className={css.field} onClick={() => input.current?.focus()}>
        {set.map((key) => {
          const value = shownValue(key, conditions[key] ?? '')
          return (
            <span key={key} className={css.chip}>
              <span className={css.key}>{keyNames[key]}</span>
              <bdi>{value}</bdi>
              <button
                type="button"
                aria-label={t('records.remove', { what: `${keyNames[key]} ${value}` })}
                onClick={() => {
                  const { [key]: _, ...rest } = conditions
                  onChange(rest)
                }}
              >
                ×
              </button>
            </span>
          )
        })}
        <input
          ref={input}
          className={css.input}
          role="combobox"
          aria-label={t('records.query')}
          aria-expanded={shown.length > 0}
          aria-controls={list}
          aria-activedescendant={chosen ? `${list}-${at}` : undefined}
          aria-invalid={fault !== null}
          aria-describedby={fault ? faultId : undefined}
          placeholder={set.length === 0 ? t('records.queryHelp') : undefined}
          value={text}
          maxLength={300}
          autoComplete="off"
          spellCheck={false}
          onChange={(e) => type(e.target.value)}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        {set.length > 0 && (
          <button type="button" className={css.clear} onClick={() => onChange({})}>
            {t('records.clear')}
          </button>
        )}
      </div>
      <div
        id={list}
        role="listbox"
        aria-label={t('records.suggestions')}
        className={css.list}
        hidden={shown.length === 0}
      >
        {shown.map((s, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys
          <div
            key={`${s.key} ${s.value ?? ''}`}
            id={`${list}-${i}`}
            role="option"
            aria-selected={i === at}
            className={css.option}
            onMouseDown={(e) => e.preventDefault()}
            onClick={() => {
              take(s)
              input.current?.focus()
            }}
          >
            <bdi>{s.label}</bdi>
            {s.hint && s.hint !== s.label && <span className={css.hint}>{s.hint}</span>}
          </div>
        ))}
      </div>
      {fault && (
        <p id={faultId} className={css.fault} role="alert">
          {t(`records.${fault.fault}`, { term: fault.term })}
        </p>
      )}
    </search>
  )
}
