import type { ReactNode } from 'react'
import css from './Chip.module.css'

/** How a chip stands out: most do not. */
export type Tone = 'plain' | 'accent' | 'danger' | 'quiet'

/** A few words about a thing: a state, a ruling, a date. */
export function Chip({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`${css.chip} ${css[tone]}`}>{children}</span>
}
