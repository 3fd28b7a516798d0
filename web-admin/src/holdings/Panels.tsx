import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'
import css from './Panels.module.css'

/** Panels of which one is shown. The arrow keys go from one to the next, as readers of screens expect of tabs. */
export function Panels<K extends string>({
  label,
  keys,
  name,
  shown,
  onShow,
  children,
}: {
  label: string
  keys: readonly K[]
  name: (key: K) => string
  shown: K
  onShow: (key: K) => void
  children: ReactNode
}) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const onKey = (e: KeyboardEvent) => {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0
    const next = keys[(keys.indexOf(shown) + step + keys.length) % keys.length]
    if (step === 0 || next === undefined) return
    e.preventDefault()
    onShow(next)
    list.current?.querySelector<HTMLElement>(`[data-key="${next}"]`)?.focus()
  }
  return (
    <>
      <div ref={list} role="tablist" aria-label={label} className={css.tabs} onKeyDown={onKey}>
        {keys.map((key) => (
          <button
            key={key}
            type="button"
            role="tab"
            id={`${id}-${key}`}
            data-key={key}
            aria-selected={key === shown}
            aria-controls={`${id}-panel`}
            tabIndex={key === shown ? 0 : -1}
            onClick={() => onShow(key)}
          >
            {name(key)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown}`}>
        {children}
      </div>
    </>
  )
}
