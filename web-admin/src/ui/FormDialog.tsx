import { Form, type FormProps, Modal } from 'antd'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'

interface Props<T> extends Pick<FormProps<T>, 'form' | 'initialValues' | 'style'> {
  title: ReactNode
  /** What the button says that sends it. */
  confirm: string
  danger?: boolean
  busy?: boolean
  width?: number
  /** What is to be read before the fields. */
  intro?: ReactNode
  onFinish: (written: T) => void
  onClose: () => void
  children: ReactNode
}

/** A dialog with fields: nothing is sent before each is right, and Enter sends it. */
export function FormDialog<T>({
  title,
  confirm,
  danger,
  busy,
  width = 480,
  intro,
  onFinish,
  onClose,
  children,
  ...form
}: Props<T>) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <Modal
      open
      title={title}
      okText={confirm}
      okButtonProps={{ danger, loading: busy, htmlType: 'submit', form: id }}
      cancelText={t('ui.cancel')}
      onCancel={onClose}
      width={width}
    >
      {intro}
      <Form<T> id={id} layout="vertical" requiredMark={false} onFinish={onFinish} {...form}>
        {children}
      </Form>
    </Modal>
  )
}
