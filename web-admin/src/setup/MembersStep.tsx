import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Member } from '@/api/queries/find'
import { giveSetUpLink, type SetupGuide } from '@/api/queries/setup'
import { setUpAddress } from '@/settings/address'
import { SecretOnce } from '@/settings/SecretOnce'
import { number } from '@/ui/format'
import { useTell } from '@/ui/useTell'
import css from './GuidePage.module.css'
import { PickMember } from './PickMember'

/** A one-time link for each; who has an address gets it by mail, else it is shown once. */
export function MembersStep({ step }: { step: SetupGuide['members'] }) {
  const { t } = useTranslation()
  const tell = useTell()
  const give = useMutation(giveSetUpLink)
  const [whom, setWhom] = useState<Member | null>(null)
  const [link, setLink] = useState<{ who: string; token: string } | null>(null)
  const invite = () => {
    if (!whom) return
    const who = whom.name ?? whom.staff_number
    give.mutate(whom.id, {
      onSuccess: ({ sent, setup_token }) => {
        setWhom(null)
        if (sent || !setup_token) tell.done(t('setup.inviteSent'))
        else setLink({ who, token: setup_token })
      },
      onError: tell.failed,
    })
  }
  return (
    <>
      <p className={css.acts}>
        <span>{t('setup.membersCount', { count: step.members, n: number(step.members) })}</span>
        <span className={css.faint}>{t('setup.invitedCount', { count: step.invited, n: number(step.invited) })}</span>
        <span className={css.faint}>
          {t('setup.confirmedCount', { count: step.confirmed, n: number(step.confirmed) })}
        </span>
      </p>
      {step.members <= 1 ? (
        <p className={css.faint}>{t('setup.membersNone')}</p>
      ) : (
        <div className={css.acts}>
          <PickMember label={t('setup.appointWhom')} value={whom} onChange={setWhom} />
          <Button disabled={!whom} loading={give.isPending} onClick={invite}>
            {t('setup.invite')}
          </Button>
        </div>
      )}
      {link && (
        <SecretOnce
          values={[[t('setup.inviteLink', { who: link.who }), setUpAddress(link.token)]]}
          onDone={() => setLink(null)}
        >
          <p>{t('setup.inviteOnce')}</p>
        </SecretOnce>
      )}
    </>
  )
}
