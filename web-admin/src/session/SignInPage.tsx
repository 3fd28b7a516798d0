import { useRouter, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Front } from './Front'
import { SignInForm } from './SignInForm'

export function SignInPage() {
  const { t } = useTranslation()
  const router = useRouter()
  const { to } = useSearch({ from: '/sign-in' })
  return (
    <Front title="Tenure" lead={t('session.lead')}>
      <SignInForm onIn={() => router.history.push(to ?? '/')} />
    </Front>
  )
}
