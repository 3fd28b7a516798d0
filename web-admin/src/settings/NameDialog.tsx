import { Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { FormDialog } from '@/ui/FormDialog'

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
    <FormDialog<{ name: string }>
      title={title}
      confirm={t('settings.add')}
      busy={busy}
      onFinish={({ name }) => onName(name.trim())}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t('settings.name')}
        rules={[{ required: true, whitespace: true, message: t('settings.nameNeeded') }]}
      >
        <Input autoFocus maxLength={80} placeholder={placeholder} />
      </Form.Item>
    </FormDialog>
  )
}
