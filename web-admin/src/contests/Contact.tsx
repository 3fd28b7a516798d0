import { useMutation, useQuery } from '@tanstack/react-query'
import { Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { contactQuery, publishContact } from '@/api/queries/my'
import { usePowers } from '@/api/queries/powers'
import { Act } from '@/ui/Act'
import { Facts } from '@/ui/Facts'
import { FormDialog } from '@/ui/FormDialog'
import { Loaded } from '@/ui/Page'
import { useTell } from '@/ui/useTell'
import css from './Contests.module.css'

/** How the privacy officer is reached: it stands in everybody's notice. */
export function Contact() {
  const { t } = useTranslation()
  const tell = useTell()
  const powers = usePowers()
  const contact = useQuery(contactQuery)
  const publish = useMutation(publishContact)
  const [open, setOpen] = useState(false)
  const [form] = Form.useForm<{ contact: string; authority?: string }>()
  const may = powers.has('notice.write') ? { allowed: true } : { allowed: false, why: 'power.missing' }
  return (
    <section className={css.contact} aria-label={t('contests.contact')}>
      <h2>{t('contests.contact')}</h2>
      <p className={css.soft}>{t('contests.contactLead')}</p>
      <Loaded query={contact}>
        {(now) => (
          <>
            <Facts
              facts={[
                [t('my.contact'), now.contact || t('contests.contactNone')],
                [t('my.authority'), now.authority],
              ]}
            />
            <Act can={may} label={t('contests.contactEdit')} onClick={() => setOpen(true)} />
            {open && (
              <FormDialog
                title={t('contests.contactEdit')}
                confirm={t('ui.save')}
                busy={publish.isPending}
                width={520}
                form={form}
                initialValues={now}
                onFinish={(values) =>
                  publish.mutate(
                    { version: now.version, contact: values.contact, authority: values.authority ?? '' },
                    {
                      onSuccess: () => {
                        setOpen(false)
                        tell.done(t('contests.published'))
                      },
                      onError: tell.failed,
                    },
                  )
                }
                onClose={() => setOpen(false)}
              >
                <Form.Item
                  name="contact"
                  label={t('contests.contactField')}
                  rules={[{ required: true, whitespace: true, message: t('contests.contactNeeded') }]}
                >
                  <Input autoFocus maxLength={300} />
                </Form.Item>
                <Form.Item name="authority" label={t('contests.authorityField')}>
                  <Input maxLength={300} />
                </Form.Item>
              </FormDialog>
            )}
          </>
        )}
      </Loaded>
    </section>
  )
}
