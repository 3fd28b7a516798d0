import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import { type Choice, type Credentials, signIn } from '@/api/session'
import { problemText } from '@/ui/Page'
import { visible } from '@/ui/visible'
import css from './SignIn.module.css'

/** Identifier and password; who belongs to several organisations then says which. */
export function SignInForm({ tenant, onIn }: { tenant?: string; onIn: () => void }) {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [choice, setChoice] = useState<{ from: Choice[]; with: Credentials } | null>(null)

  const enter = async (credentials: Credentials) => {
    setBusy(true)
    setRefusal(null)
    try {
      const answer = await signIn(credentials)
      if ('choose' in answer) setChoice({ from: answer.choose, with: credentials })
      else onIn()
    } catch (error) {
      setRefusal(error instanceof ProblemError ? problemText(error) : t('ui.failed'))
    } finally {
      setBusy(false)
    }
  }

  if (choice) {
    return (
      <section aria-label={t('session.choose')}>
        <p className={css.lead}>{t('session.choose')}</p>
        <ul className={css.choices}>
          {choice.from.map((c) => (
            <li key={c.tenant}>
              <Button block disabled={busy} onClick={() => void enter({ ...choice.with, tenant: c.tenant })}>
                {c.name}
              </Button>
            </li>
          ))}
        </ul>
      </section>
    )
  }
  return (
    <Form<Credentials>
      layout="vertical"
      requiredMark={false}
      disabled={busy}
      onFinish={(values) => void enter({ ...values, identifier: visible(values.identifier), tenant })}
    >
      <Form.Item
        name="identifier"
        label={t('session.identifier')}
        rules={[{ required: true, message: t('session.identifierNeeded') }]}
      >
        <Input autoComplete="username" autoFocus size="large" inputMode="email" />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('session.password')}
        rules={[{ required: true, message: t('session.passwordNeeded') }]}
      >
        <Input.Password autoComplete="current-password" size="large" />
      </Form.Item>
      {refusal && (
        <p role="alert" className={css.refusal}>
          {refusal}
        </p>
      )}
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>
        {t('session.enter')}
      </Button>
    </Form>
  )
}
