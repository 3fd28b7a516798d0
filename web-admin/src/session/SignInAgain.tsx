import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { goOn } from '@/api/connection'
import { SignInForm } from './SignInForm'
import { useSession } from './useSession'

/** The session ended in the middle of something: signing in here goes on with it, and nothing typed is lost. */
export default function SignInAgain() {
  const { t } = useTranslation()
  const session = useSession()
  return (
    <Modal open title={t('session.again')} footer={null} closable={false} keyboard={false} width={400} destroyOnHidden>
      <p style={{ marginBottom: 16 }}>{t('session.againWhy')}</p>
      <SignInForm tenant={session.tenant.slug} onIn={goOn} />
    </Modal>
  )
}
