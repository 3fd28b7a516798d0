import { App } from 'antd'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import { problemText } from './Page'

/** Says what came of an act: briefly when it worked, with what would be right when it did not. */
export function useTell() {
  const { message, notification } = App.useApp()
  const { t } = useTranslation()
  return {
    done: (text: string) => void message.success(text),
    /** Why a key did nothing. */
    note: (text: string) => void message.info(text),
    failed: (error: unknown) => {
      if (!(error instanceof ProblemError)) {
        notification.error({ title: t('ui.failed'), duration: 8 })
        return
      }
      const { status, detail, help, clauses } = error.problem
      const title = problemText(error)
      // Of what was not right in a form, only the server's own words say what.
      const found = (status === 400 || status === 422) && detail !== title ? detail : undefined
      notification.error({
        title,
        description: [found, help, clauses.join(' · ')].filter(Boolean).join(' '),
        duration: 8,
      })
    },
  }
}
