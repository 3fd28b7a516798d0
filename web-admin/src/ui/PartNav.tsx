import type { ReactNode } from 'react'
import css from './PartNav.module.css'

/** The links between the parts of a section; the one that is shown is marked by `aria-current`. */
export function PartNav({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className={css.parts} aria-label={label}>
      {children}
    </nav>
  )
}
