import { Form, Input, Modal } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

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
    <Modal
      open
      title={title}
      okText={confirm}
      okButtonProps={{ danger, loading: busy, htmlType: 'submit', form: 'reason-form' }}
      cancelText={t('ui.cancel')}
      onCancel={onClose}
      width={480}
    >
      <div>{consequence}</div>
      <Form
        id="reason-form"
        form={form}
        layout="vertical"
        requiredMark={false}
        style={{ marginTop: 16 }}
        onFinish={({ reason }) => onConfirm(reason?.trim() ?? '')}
      >
        <Form.Item
          name="reason"
          label={needed ? t('ui.reason') : t('ui.reasonOptional')}
          rules={needed ? [{ required: true, whitespace: true, message: t('ui.reasonNeeded') }] : []}
        >
          <Input.TextArea autoFocus rows={3} maxLength={2000} showCount />
        </Form.Item>
      </Form>
    </Modal>
  )
}
