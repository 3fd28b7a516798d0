import { useMutation, useQuery } from '@tanstack/react-query'
import { Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { giveConsent, type MyConsent, myDataQuery, withdrawConsent } from '@/api/queries/my'
import { Act } from '@/ui/Act'
import { Chip } from '@/ui/Chip'
import { instant, number } from '@/ui/format'
import { Loaded, Notice } from '@/ui/Page'
import { useTell } from '@/ui/useTell'
import { Following } from './Following'
import css from './My.module.css'
import { MyPage } from './MyPage'
import { Why } from './Why'
import { nameOf } from './words'

/** What rests on my consent, or could. */
export function ConsentsPage() {
  const { t } = useTranslation()
  const data = useQuery(myDataQuery)
  return (
    <MyPage title={t('my.consentsTitle')} lead={t('my.consentsLead')}>
      <Loaded
        query={data}
        isEmpty={({ consents }) => consents.length === 0}
        empty={
          <Notice title={t('my.emptyConsents')}>
            <p>{t('my.emptyConsentsNext')}</p>
          </Notice>
        }
      >
        {({ consents, following }) => (
          <>
            <Following is={following} />
            <ul className={css.cards}>
              {consents.map((c) => (
                <li key={c.consent ?? c.class_pattern}>
                  <One consent={c} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </MyPage>
  )
}

function One({ consent }: { consent: MyConsent }) {
  const { t } = useTranslation()
  const tell = useTell()
  const [asked, setAsked] = useState(false)
  const give = useMutation(giveConsent)
  const withdraw = useMutation(withdrawConsent)
  const { consent: id } = consent
  const name = consent.classes.map(nameOf).join(t('ui.and')) || consent.class_pattern
  const numbers = { n: number(consent.holdings), items: number(consent.items) }
  const then = (text: string) => ({
    onSuccess: () => {
      setAsked(false)
      tell.done(text)
    },
    onError: tell.failed,
  })
  return (
    <article className={css.card}>
      <div className={css.top}>
        <h2>{name}</h2>
        <span className={css.chips}>
          <Chip tone={id ? 'accent' : 'quiet'}>{id ? t('my.inForce') : t('my.notGiven')}</Chip>
          {consent.kind === 'guardian' && <Chip tone="quiet">{t('my.guardian')}</Chip>}
        </span>
      </div>
      <p className={css.counts}>
        {[
          t('my.holdings', { n: numbers.n, count: consent.holdings }),
          t('my.items', { n: numbers.items, count: consent.items }),
          consent.given_at && t('my.givenOn', { at: instant(consent.given_at) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {consent.why.map((why) => (
        <Why key={why.zh} why={why} />
      ))}
      <div className={css.acts}>
        {id ? (
          <Act danger can={consent.withdraw} label={t('my.withdraw')} onClick={() => setAsked(true)} />
        ) : (
          <Act can={consent.give} label={t('my.give')} onClick={() => setAsked(true)} />
        )}
      </div>
      {asked && (
        <Modal
          open
          title={t(id ? 'my.withdrawOf' : 'my.giveOf', { class: name })}
          okText={id ? t('my.withdrawConfirm') : t('my.giveConfirm')}
          okButtonProps={{ danger: Boolean(id), loading: give.isPending || withdraw.isPending }}
          cancelText={t('ui.cancel')}
          onCancel={() => setAsked(false)}
          onOk={() =>
            id ? withdraw.mutate(id, then(t('my.withdrawn'))) : give.mutate(consent.class_pattern, then(t('my.given')))
          }
        >
          {t(id ? 'my.withdrawMeans' : 'my.giveMeans', numbers)}
        </Modal>
      )}
    </article>
  )
}
