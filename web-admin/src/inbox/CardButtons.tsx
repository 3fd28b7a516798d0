import { useTranslation } from 'react-i18next'
import type { Card } from '@/api/queries/inbox'
import { Act } from '@/ui/Act'
import css from './CardPane.module.css'

/** What can be done with cards, from a button or a key. */
export interface Doing {
  approve: () => void
  refuse: () => void
  again: () => void
  settle: () => void
  takeBack: () => void
  open: () => void
}

/** What is opened where it is not the thing itself: what is gone has left its records, an inventory is its connector's. */
const OPENS: Record<string, 'inbox.openRecords' | 'inbox.openConnector'> = {
  holding: 'inbox.openRecords',
  connector: 'inbox.openConnector',
}

/** The buttons of the card in focus, each with its key. What is not allowed is there all the same, with its reason. */
export function CardButtons({ card, doing }: { card: Card; doing: Doing }) {
  const { t } = useTranslation()
  const { decide, submit, replay, retry, resolve, withdraw, certify } = card.can
  const isPlan = submit !== undefined && submit !== null
  const again = replay ?? retry
  const to = (card.leads_to ?? card.object).kind
  return (
    <div className={css.acts}>
      {isPlan && (
        <Act can={{ allowed: true }} type="primary" label={t('inbox.check')} shortcut="Enter" onClick={doing.open} />
      )}
      {submit && <Act can={submit} label={t('inbox.submit')} shortcut="a" onClick={doing.approve} />}
      {decide && !card.said && !withdraw && (
        <>
          <Act can={decide} type="primary" label={t('inbox.approve')} shortcut="a" onClick={doing.approve} />
          <Act can={decide} danger label={t('inbox.refuse')} shortcut="d" onClick={doing.refuse} />
        </>
      )}
      {again && (
        <Act
          can={again}
          type="primary"
          label={replay ? t('inbox.replay') : t('inbox.retry')}
          shortcut="r"
          onClick={doing.again}
        />
      )}
      {resolve && <Act can={resolve} label={t('inbox.resolve')} shortcut="s" onClick={doing.settle} />}
      {withdraw && <Act can={withdraw} danger label={t('inbox.revoke')} onClick={doing.takeBack} />}
      {!isPlan && (
        <Act
          can={{ allowed: true }}
          label={certify ? t('inbox.certifyOpen') : t(OPENS[to] ?? 'inbox.open')}
          shortcut="Enter"
          onClick={doing.open}
        />
      )}
    </div>
  )
}
