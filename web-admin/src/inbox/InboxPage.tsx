import { useTranslation } from 'react-i18next'
import { Notice, Page } from '@/ui/Page'

export function InboxPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('shell.inbox')}>
      <Notice title={t('inbox.empty.open')}>
        <p>{t('inbox.emptyHelp.open')}</p>
      </Notice>
    </Page>
  )
}
