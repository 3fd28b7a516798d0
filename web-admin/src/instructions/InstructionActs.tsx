import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  approveInstruction,
  type Instruction,
  refuseInstruction,
  revokeInstruction,
  useOfQuery,
} from '@/api/queries/instructions'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { Rehearse } from '@/rehearsals/Rehearse'
import { Act, type May } from '@/ui/Act'
import { instant, number } from '@/ui/format'
import { ReasonDialog } from '@/ui/ReasonDialog'
import { useTell } from '@/ui/useTell'
import { PlainWords } from './PlainWords'

/** Yes, no, and taking back; each shows what it leads to before it is done. */
export function InstructionActs({ i }: { i: Instruction }) {
  const { t } = useTranslation()
  const tell = useTell()
  const powers = usePowers()
  const [asked, setAsked] = useState<'approve' | 'refuse' | 'revoke' | null>(null)
  const approve = useMutation(approveInstruction)
  const refuse = useMutation(refuseInstruction)
  const revoke = useMutation(revokeInstruction)
  const close = () => setAsked(null)
  const ends = (text: string) => ({
    onSuccess: () => {
      close()
      tell.done(text)
    },
    onError: tell.failed,
  })
  const needing = (power: string, can: May): May => (powers.has(power) ? can : { allowed: false, why: 'power.missing' })
  const what = { what: `${word('instructions.actions', i.action)} · ${word('purposes', i.purpose)}` }
  return (
    <>
      {(i.state === 'pending' || i.state === 'in_force') && (
        <Act
          can={needing('instructions.revoke', i.can.revoke)}
          danger
          label={t('instructions.revoke')}
          onClick={() => setAsked('revoke')}
        />
      )}
      {i.state === 'pending' && (
        <>
          <Act
            can={needing('instructions.approve', i.can.decide)}
            danger
            label={t('departures.refuse')}
            onClick={() => setAsked('refuse')}
          />
          <Act
            can={needing('instructions.approve', i.can.decide)}
            type="primary"
            label={t('departures.approve')}
            onClick={() => setAsked('approve')}
          />
        </>
      )}
      {asked === 'approve' && (
        <ReasonDialog
          title={t('instructions.approveTitle', what)}
          consequence={<PlainWords said={i} />}
          confirm={t('departures.approve')}
          needed={false}
          busy={approve.isPending}
          onConfirm={(reason) =>
            approve.mutate({ id: i.id, reason: reason || undefined }, ends(t('departures.approvedNow')))
          }
          onClose={close}
        />
      )}
      {asked === 'refuse' && (
        <ReasonDialog
          title={t('instructions.refuseTitle', what)}
          consequence={t('instructions.refuseMeans')}
          confirm={t('departures.refuse')}
          danger
          busy={refuse.isPending}
          onConfirm={(reason) => refuse.mutate({ id: i.id, reason }, ends(t('instructions.refusedNow')))}
          onClose={close}
        />
      )}
      {asked === 'revoke' && (
        <ReasonDialog
          title={t('instructions.revokeTitle', what)}
          consequence={<Effect i={i} />}
          confirm={t('instructions.revoke')}
          danger
          busy={revoke.isPending}
          onConfirm={(reason) => revoke.mutate({ id: i.id, reason }, ends(t('instructions.revokedNow')))}
          onClose={close}
        />
      )}
    </>
  )
}

/** What stops with it, for how many, and what stays as it is. */
function Effect({ i }: { i: Instruction }) {
  const { t } = useTranslation()
  const { data: use } = useQuery(useOfQuery(i.id))
  if (i.state === 'pending') return <>{t('instructions.revokePending')}</>
  if (i.kind === 'order') return <>{t('instructions.revokeOrder')}</>
  return (
    <>
      {use && t('instructions.revokeGrant', { count: use.permits, n: number(use.permits) })}{' '}
      {use?.last
        ? t('instructions.revokeUsed', { count: use.times, n: number(use.times), at: instant(use.last.at) })
        : use && t('instructions.revokeUnused')}{' '}
      {t('instructions.revokeKeeps')}
      <Rehearse change={{ kind: 'revocation', instruction: i.id }} />
    </>
  )
}
