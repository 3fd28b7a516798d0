import { Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { goOn } from '@/api/connection'
import { queryClient } from '@/api/query-client'
import { sessionQuery } from '@/api/session'
import { SignInForm } from './SignInForm'
import { useSession } from './useSession'

/** The session ended in the middle of something: signing in here goes on with it, and nothing typed is lost. */
export default function SignInAgain() {
  const { t } = useTranslation()
  const session = useSession()
  // Whose page this was: what they were doing must not go on in another's name.
  const [me] = useState(session.membership_id)
  const goOnAs = () => {
    if (queryClient.getQueryData(sessionQuery.queryKey)?.membership_id === me) goOn()
    else window.location.assign('/')
  }
  return (
    <Modal open title={t('session.again')} footer={null} closable={false} keyboard={false} width={400} destroyOnHidden>
      <p style={{ marginBottom: 16 }}>{t('session.againWhy')}</p>
      <SignInForm tenant={session.tenant.slug} onIn={goOnAs} />
    </Modal>
  )
}
