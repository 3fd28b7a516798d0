import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import { enterByLink, linkQuery } from '@/api/session'
import { Loaded, Notice, problemText } from '@/ui/Page'
import { Front } from './Front'
import css from './SignIn.module.css'

/** The token stands behind the `#`, which no browser sends to a server and no log keeps. */
function tokenOfAddress(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get('token') ?? ''
}

/** A one-time set-up link: sets the first password, or asks for the one there is, and signs in. */
export function SetUpLinkPage() {
  const { t } = useTranslation()
  const [token] = useState(tokenOfAddress)
  const link = useQuery({ ...linkQuery(token), enabled: token !== '' })
  if (token === '') {
    return (
      <Front title={t('session.setUp')}>
        <Notice title={t('session.setUpMissing')} />
      </Front>
    )
  }
  return (
    <Front title={link.data?.tenant.name ?? t('session.setUp')} lead={t('session.setUpLead')}>
      <Loaded query={link}>
        {({ has_password, identifiers }) => (
          <PasswordForm token={token} isNew={!has_password} identifiers={identifiers.join(' · ')} />
        )}
      </Loaded>
    </Front>
  )
}

const SHORTEST = 10

function PasswordForm({ token, isNew, identifiers }: { token: string; isNew: boolean; identifiers: string }) {
  const { t } = useTranslation()
  const router = useRouter()
  const use = useMutation(enterByLink)
  const refusal = use.error instanceof ProblemError ? problemText(use.error) : use.error ? t('ui.failed') : null
  return (
    <Form<{ password: string }>
      layout="vertical"
      requiredMark={false}
      disabled={use.isPending}
      onFinish={({ password }) => use.mutate({ token, password }, { onSuccess: () => router.history.push('/') })}
    >
      <p className={css.lead}>{identifiers}</p>
      <Form.Item
        name="password"
        label={isNew ? t('session.newPassword') : t('session.presentPassword')}
        extra={isNew ? t('session.passwordRule') : undefined}
        rules={[
          { required: true, message: t('session.passwordNeeded') },
          ...(isNew ? [{ min: SHORTEST, message: t('session.passwordRule') }] : []),
        ]}
      >
        <Input.Password autoFocus size="large" autoComplete={isNew ? 'new-password' : 'current-password'} />
      </Form.Item>
      {refusal && (
        <p role="alert" className={css.refusal}>
          {refusal}
        </p>
      )}
      <Button type="primary" htmlType="submit" size="large" block loading={use.isPending}>
        {isNew ? t('session.setUpEnter') : t('session.enter')}
      </Button>
    </Form>
  )
}
