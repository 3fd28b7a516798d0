import type { UseQueryResult } from '@tanstack/react-query'
import { Button } from 'antd'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import { word } from '@/i18n'
import css from './Page.module.css'

interface Head {
  title: string
  /** Beside the title: a state, a count. */
  beside?: ReactNode
  /** What can be done on this page. */
  actions?: ReactNode
  /** Between head and content: filters, tabs. */
  tools?: ReactNode
}

/** A page whose content needs nothing. */
export function Page({ title, beside, actions, tools, children }: Head & { children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Tenure`
  }, [title])
  return (
    <main className={css.page} id="main" tabIndex={-1}>
      <header className={css.head}>
        <div className={css.title}>
          <h1>{title}</h1>
          {beside}
        </div>
        {actions && <div className={css.actions}>{actions}</div>}
      </header>
      {tools && <div className={css.tools}>{tools}</div>}
      {children}
    </main>
  )
}

/** What a query has to show: loading, empty, failed and forbidden are drawn here and nowhere else. */
export function Loaded<T>({
  query,
  children,
  isEmpty,
  empty,
}: {
  query: UseQueryResult<T>
  children: (value: T) => ReactNode
  isEmpty?: (value: T) => boolean
  empty?: ReactNode
}) {
  if (query.data !== undefined) {
    if (isEmpty?.(query.data)) return <>{empty}</>
    return <>{children(query.data)}</>
  }
  if (query.isError) return <Failed error={query.error} onRetry={() => query.refetch()} />
  return <Loading />
}

export function Loading() {
  const { t } = useTranslation()
  return (
    <div className={css.loading} role="status" aria-label={t('ui.loading')}>
      <span />
      <span />
      <span />
      <span />
    </div>
  )
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  if (!(error instanceof ProblemError)) {
    return <Notice title={t('ui.failed')}>{onRetry && <Button onClick={onRetry}>{t('ui.retry')}</Button>}</Notice>
  }
  const { problem } = error
  const title = error.isNotFound ? t('ui.notFound') : error.isForbidden ? t('ui.forbidden') : t('ui.failed')
  return (
    <Notice title={title} code={problem.code}>
      <p>{problemText(error)}</p>
      {problem.help && <p>{problem.help}</p>}
      {onRetry && problem.status >= 500 && <Button onClick={onRetry}>{t('ui.retry')}</Button>}
    </Notice>
  )
}

/** A calm block in the middle: what there is not, or what went wrong, and the next step. */
export function Notice({ title, code, children }: { title: string; code?: string; children?: ReactNode }) {
  return (
    <section className={css.notice} role={code ? 'alert' : undefined}>
      <h2>{title}</h2>
      {children}
      {code && <code>{code}</code>}
    </section>
  )
}

/** A problem in the reader's language; where the console has no words for its code, the server's own. */
export function problemText(error: ProblemError): string {
  const known = word('problems', error.code)
  return known === error.code ? (error.problem.detail ?? error.problem.title) : known
}
