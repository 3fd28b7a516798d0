import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { settleCard, takeBackRequest } from '@/api/queries/inbox'
import { number } from '@/ui/format'
import { ReasonDialog } from '@/ui/ReasonDialog'
import { useTell } from '@/ui/useTell'
import { hold } from './held'
import { says } from './says'
import type { Acts } from './useCardActs'

/** What is asked before something is done that needs a reason. */
export default function CardDialogs({ acts: { asked, close, moveOn } }: { acts: Acts }) {
  const { t } = useTranslation()
  const tell = useTell()
  const settle = useMutation(settleCard)
  const takeBack = useMutation(takeBackRequest)
  const card = asked?.cards[0]
  if (!asked || !card) return null
  const n = asked.cards.length
  const ends = (text: string) => ({
    onSuccess: () => {
      close()
      tell.done(text)
    },
    onError: tell.failed,
  })
  if (asked.what === 'refuse') {
    return (
      <ReasonDialog
        title={n > 1 ? t('inbox.refuseTitle', { count: n, n: number(n) }) : t('inbox.refuseOne')}
        consequence={says(card, 'open', t)}
        confirm={t('inbox.refuse')}
        danger
        busy={false}
        onConfirm={(reason) => {
          hold('refuse', asked.cards, reason)
          close()
          moveOn(asked.cards)
        }}
        onClose={close}
      />
    )
  }
  if (asked.what === 'settle') {
    return (
      <ReasonDialog
        title={t('inbox.resolveTitle')}
        consequence={
          <>
            <p>{says(card, 'open', t)}</p>
            <p>{t('inbox.resolveMeans')}</p>
          </>
        }
        confirm={t('inbox.resolve')}
        busy={settle.isPending}
        onConfirm={(note) =>
          settle.mutate({ id: card.id.replace('attention:', ''), note }, ends(t('inbox.states.resolved')))
        }
        onClose={close}
      />
    )
  }
  return (
    <ReasonDialog
      title={t('inbox.revokeTitle')}
      consequence={t('inbox.revokeMeans')}
      confirm={t('inbox.revoke')}
      danger
      busy={takeBack.isPending}
      onConfirm={(reason) => takeBack.mutate({ id: card.object.id, reason }, ends(t('inbox.revoked')))}
      onClose={close}
    />
  )
}
