import { Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { dayOf } from '@/ui/format'
import { MemberSelect } from './MemberSelect'
import css from './NewInstructionPage.module.css'

/** What only some orders need. */
export function Particulars({ action }: { action: string | undefined }) {
  const { t } = useTranslation()
  if (action === 'hand_over') {
    return (
      <Form.Item
        name="successor"
        label={t('instructions.successor')}
        rules={[{ required: true, message: t('instructions.needSuccessor') }]}
      >
        <MemberSelect by="subject" label={t('instructions.successor')} />
      </Form.Item>
    )
  }
  if (action === 'retain') {
    return (
      <Form.Item
        name="retainUntil"
        label={t('instructions.retainUntil')}
        rules={[{ required: true, message: t('instructions.needDay') }]}
      >
        <Input type="date" min={dayOf(new Date())} className={css.date} />
      </Form.Item>
    )
  }
  const takesOut = action && ['export', 'transfer', 'share', 'disclose'].includes(action)
  if (!takesOut) return null
  return (
    <>
      {action !== 'export' && (
        <Form.Item
          name="recipient"
          label={t('instructions.recipient')}
          rules={[{ required: true, whitespace: true, message: t('instructions.needRecipient') }]}
        >
          <Input maxLength={200} />
        </Form.Item>
      )}
      <Form.Item
        name="executor"
        label={t('instructions.executor')}
        extra={t('instructions.executorHelp')}
        rules={[{ required: true, message: t('instructions.needExecutor') }]}
      >
        <MemberSelect by="membership" label={t('instructions.executor')} />
      </Form.Item>
    </>
  )
}
