import type { ReactNode } from 'react'
import css from './Strip.module.css'

/** One line across the page that must not be overlooked. */
export function Strip({ tone = 'plain', children }: { tone?: 'plain' | 'accent' | 'danger'; children: ReactNode }) {
  return (
    <div className={`${css.strip} ${css[tone]}`} role="status">
      {children}
    </div>
  )
}
