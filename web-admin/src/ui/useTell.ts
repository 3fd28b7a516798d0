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
      const isProblem = error instanceof ProblemError
      notification.error({
        title: isProblem ? problemText(error) : t('ui.failed'),
        description: isProblem
          ? [error.problem.help, error.problem.clauses.join(' · ')].filter(Boolean).join(' ')
          : undefined,
        duration: 8,
      })
    },
  }
}
