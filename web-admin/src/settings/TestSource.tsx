import { useMutation, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { messageQuery } from '@/api/queries/messages'
import { testSource } from '@/api/queries/settings'
import { word } from '@/i18n'
import { number } from '@/ui/format'
import { useTell } from '@/ui/useTell'
import css from './Settings.module.css'

/** Sends a signed message by the way that real ones come, and shows what came of it. */
export function TestSource({ id }: { id: string }) {
  const { t } = useTranslation()
  const tell = useTell()
  const test = useMutation(testSource)
  const sent = test.data?.id
  const { data: message } = useQuery({ ...messageQuery(sent ?? ''), enabled: sent !== undefined })
  const isUnderWay = test.isPending || (sent !== undefined && (!message || message.state === 'received'))
  let result: { text: string; tone?: 'good' | 'bad' } | null = null
  if (test.isPending) result = { text: t('settings.testSending') }
  else if (isUnderWay) result = { text: t('settings.testWaiting') }
  else if (message?.state === 'applied') {
    const ms = Date.parse(message.applied_at ?? message.received_at) - Date.parse(message.received_at)
    result = { text: t('settings.testApplied', { ms: number(ms) }), tone: 'good' }
  } else if (message) {
    const code = message.reason?.split(':')[0]
    result = { text: t('settings.testFailed', { why: word('problems', code ?? message.state) }), tone: 'bad' }
  }
  return (
    <span className={css.acts}>
      <span role="status" className={css.result} data-tone={result?.tone}>
        {result?.text}
      </span>
      <Button loading={isUnderWay} onClick={() => test.mutate(id, { onError: tell.failed })}>
        {t('settings.test')}
      </Button>
    </span>
  )
}
