import { useMutation } from '@tanstack/react-query'
import { Drawer, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Message, replayMessage } from '@/api/queries/messages'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { Act } from '@/ui/Act'
import { Chip } from '@/ui/Chip'
import { Facts } from '@/ui/Facts'
import { number, second } from '@/ui/format'
import { useTell } from '@/ui/useTell'
import { TONES } from './MessagesPage'
import css from './Settings.module.css'

/** One message: where it stands and why, and another try where that makes sense. */
export function MessageDrawer({
  message: m,
  sourceOf,
  onClose,
}: {
  message: Message
  sourceOf: (id: string) => string | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  const tell = useTell()
  const mayReplay = usePowers().has('messages.replay')
  const [asked, setAsked] = useState(false)
  const replay = useMutation(replayMessage)
  return (
    <Drawer open onClose={onClose} size={520} title={t('settings.places.messages')}>
      <div className={css.drawer}>
        <p className={css.two}>
          <strong>{m.event ? word('settings.events', m.event) : t('settings.eventUnknown')}</strong>
          <Chip tone={TONES[m.state]}>{t(`settings.messageStates.${m.state}`)}</Chip>
        </p>
        {m.reason && (
          <div>
            <p>{word('problems', m.reason.split(':')[0])}</p>
            <code className={css.faint}>{m.reason}</code>
          </div>
        )}
        <Facts
          facts={[
            [t('settings.source'), sourceOf(m.source_id) && <bdi>{sourceOf(m.source_id)}</bdi>],
            [t('settings.sent'), second(m.sent_at)],
            [t('settings.received'), second(m.received_at)],
            [t('settings.applied'), m.applied_at && second(m.applied_at)],
            [t('settings.attempts'), number(m.attempts)],
            [t('settings.messageId'), <code key="id">{m.message_id}</code>],
          ]}
        />
        {(m.state === 'rejected' || m.state === 'waiting') && (
          <div>
            <Act
              can={mayReplay ? { allowed: true } : { allowed: false, why: 'power.missing' }}
              type="primary"
              label={t('settings.replay')}
              onClick={() => setAsked(true)}
            />
          </div>
        )}
      </div>
      {asked && (
        <Modal
          open
          title={t('settings.replayTitle')}
          okText={t('settings.replay')}
          cancelText={t('ui.cancel')}
          okButtonProps={{ loading: replay.isPending }}
          onOk={() =>
            replay.mutate(m.id, {
              onSuccess: () => {
                setAsked(false)
                tell.done(t('settings.replayed'))
              },
              onError: tell.failed,
            })
          }
          onCancel={() => setAsked(false)}
        >
          {t('settings.replayMeans')}
        </Modal>
      )}
    </Drawer>
  )
}
