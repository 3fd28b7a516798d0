import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failed, Notice, Page } from '@/ui/Page'

export function NotThere() {
  const { t } = useTranslation()
  return (
    <Page title={t('ui.notFound')}>
      <Notice title={t('shell.noSuchPage')}>
        <Link to="/">{t('shell.goHome')}</Link>
      </Notice>
    </Page>
  )
}

/** A page that failed while it was drawn, or whose code did not arrive. */
export function Crashed({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation()
  return (
    <Page title={t('ui.failed')}>
      <Failed error={error} onRetry={reset} />
    </Page>
  )
}
