import { Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'

/** Asks for the name of something new. */
export function NameDialog({
  title,
  placeholder,
  busy,
  onName,
  onClose,
}: {
  title: string
  placeholder: string
  busy: boolean
  onName: (name: string) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <Modal
      open
      title={title}
      okText={t('settings.add')}
      cancelText={t('ui.cancel')}
      okButtonProps={{ loading: busy, htmlType: 'submit', form: 'name-form' }}
      onCancel={onClose}
      width={480}
    >
      <Form<{ name: string }>
        id="name-form"
        layout="vertical"
        requiredMark={false}
        onFinish={({ name }) => onName(name.trim())}
      >
        <Form.Item
          name="name"
          label={t('settings.name')}
          rules={[{ required: true, whitespace: true, message: t('settings.nameNeeded') }]}
        >
          <Input autoFocus maxLength={80} placeholder={placeholder} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
