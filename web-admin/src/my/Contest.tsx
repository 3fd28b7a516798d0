import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { contest } from '@/api/queries/my'
import { Act, type May } from '@/ui/Act'
import { ReasonDialog } from '@/ui/ReasonDialog'
import { useTell } from '@/ui/useTell'

/** Contests that data is the organisation's: all of one class, or one entry of it. */
export function Contest({
  of,
  can,
  title,
  days,
  small = false,
}: {
  of: { class: string; holding_id?: string }
  can: May
  title: string
  days: number
  /** In a list of entries. */
  small?: boolean
}) {
  const { t } = useTranslation()
  const tell = useTell()
  const [asked, setAsked] = useState(false)
  const send = useMutation(contest)
  return (
    <>
      <Act can={can} label={t('my.contest')} size={small ? 'small' : undefined} onClick={() => setAsked(true)} />
      {asked && (
        <ReasonDialog
          title={title}
          consequence={t('my.contestMeans', { days })}
          confirm={t('my.contestSend')}
          busy={send.isPending}
          onClose={() => setAsked(false)}
          onConfirm={(reason) =>
            send.mutate(
              { ...of, reason },
              {
                onSuccess: () => {
                  setAsked(false)
                  tell.done(t('my.contested'))
                },
                onError: tell.failed,
              },
            )
          }
        />
      )}
    </>
  )
}
