import { Form, Input } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { FormDialog } from './FormDialog'

/** Asks why before something is done, and says what will happen. The text stays while the dialog is open, whatever fails. */
export function ReasonDialog({
  title,
  consequence,
  confirm,
  danger = false,
  needed = true,
  busy,
  onConfirm,
  onClose,
}: {
  title: string
  consequence: ReactNode
  confirm: string
  danger?: boolean
  /** Whether there must be a reason. */
  needed?: boolean
  busy: boolean
  onConfirm: (reason: string) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ reason: string }>()
  return (
    <FormDialog
      title={title}
      confirm={confirm}
      danger={danger}
      busy={busy}
      intro={<div>{consequence}</div>}
      form={form}
      style={{ marginTop: 16 }}
      onFinish={({ reason }) => onConfirm(reason?.trim() ?? '')}
      onClose={onClose}
    >
      <Form.Item
        name="reason"
        label={needed ? t('ui.reason') : t('ui.reasonOptional')}
        rules={needed ? [{ required: true, whitespace: true, message: t('ui.reasonNeeded') }] : []}
      >
        <Input.TextArea autoFocus rows={3} maxLength={2000} showCount />
      </Form.Item>
    </FormDialog>
  )
}
