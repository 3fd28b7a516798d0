import { type ReactNode, useEffect } from 'react'
import css from './My.module.css'

/** A page of one's own data. */
export function MyPage({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Tenure`
  }, [title])
  return (
    <main className={css.main} id="main" tabIndex={-1}>
      <h1>{title}</h1>
      <p className={css.lead}>{lead}</p>
      {children}
    </main>
  )
}
