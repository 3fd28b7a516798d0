import { useMutation } from '@tanstack/react-query'
import { Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  approveDeparture,
  type Departure,
  type Line,
  refuseDeparture,
  rescindDeparture,
  submitDeparture,
} from '@/api/queries/departures'
import { Act } from '@/ui/Act'
import { number } from '@/ui/format'
import { ReasonDialog } from '@/ui/ReasonDialog'
import { useTell } from '@/ui/useTell'

type Asked = 'submit' | 'approve' | 'refuse' | 'rescind' | null

/** What can be done with the case as it stands. Each names whom and how much before it is done. */
export function DepartureActs({ d, lines }: { d: Departure; lines: Line[] | undefined }) {
  const { t } = useTranslation()
  const tell = useTell()
  const [asked, setAsked] = useState<Asked>(null)
  const close = () => setAsked(null)
  const ends = (text: string) => ({
    onSuccess: () => {
      close()
      tell.done(text)
    },
    onError: tell.failed,
  })
  const submit = useMutation(submitDeparture)
  const approve = useMutation(approveDeparture)
  const refuse = useMutation(refuseDeparture)
  const rescind = useMutation(rescindDeparture)
  const who = { name: d.name ?? d.staff_number ?? '', n: number(d.lanes.destroyed.holdings), lines: number(d.lines) }
  const toApprove = lines?.filter((l) => l.needs_approval).length ?? 0
  const isOver = d.state === 'completed' || d.state === 'rescinded'
  if (isOver) return null
  return (
    <>
      <Act can={d.can.rescind} label={t('departures.rescind')} onClick={() => setAsked('rescind')} />
      {d.state === 'planned' && (
        <Act can={d.can.submit} type="primary" label={t('departures.submit')} onClick={() => setAsked('submit')} />
      )}
      {d.approval && (
        <>
          <Act can={d.can.approve} danger label={t('departures.refuse')} onClick={() => setAsked('refuse')} />
          <Act can={d.can.approve} type="primary" label={t('departures.approve')} onClick={() => setAsked('approve')} />
        </>
      )}
      {asked === 'submit' && (
        <Modal
          open
          title={t('departures.submitTitle', who)}
          okText={t('departures.submit')}
          cancelText={t('ui.cancel')}
          okButtonProps={{ loading: submit.isPending }}
          onOk={() => submit.mutate(d.id, ends(t('departures.submitted')))}
          onCancel={close}
        >
          {t('departures.submitMeans', { ...who, count: toApprove, toApprove: number(toApprove) })}
        </Modal>
      )}
      {asked === 'approve' && (
        <ReasonDialog
          title={t('departures.approveTitle', who)}
          consequence={t('departures.approveMeans', who)}
          confirm={t('departures.approve')}
          needed={false}
          busy={approve.isPending}
          onConfirm={(reason) =>
            approve.mutate({ id: d.id, reason: reason || undefined }, ends(t('departures.approvedNow')))
          }
          onClose={close}
        />
      )}
      {asked === 'refuse' && (
        <ReasonDialog
          title={t('departures.refuseTitle', who)}
          consequence={t('departures.refuseMeans')}
          confirm={t('departures.refuse')}
          danger
          busy={refuse.isPending}
          onConfirm={(reason) => refuse.mutate({ id: d.id, reason }, ends(t('departures.refusedNow')))}
          onClose={close}
        />
      )}
      {asked === 'rescind' && (
        <Modal
          open
          title={t('departures.rescindTitle', who)}
          okText={t('departures.rescind')}
          cancelText={t('ui.cancel')}
          okButtonProps={{ loading: rescind.isPending, danger: true }}
          onOk={() => rescind.mutate(d.id, ends(t('departures.rescindedNow')))}
          onCancel={close}
        >
          {d.access_ended_at ? t('departures.rescindLate', who) : t('departures.rescindMeans', who)}
        </Modal>
      )}
    </>
  )
}
