import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { endSession, type LiveSession, sessionsQuery, signOutEverywhere } from '@/api/queries/settings'
import { queryClient } from '@/api/query-client'
import type { Say } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { instant } from '@/ui/format'
import { Failed, Loading } from '@/ui/Page'
import { useTell } from '@/ui/useTell'
import { deviceOf } from './device'
import css from './Settings.module.css'
import { SettingsPage } from './SettingsPage'

/** Where one's own account is signed in, and the ways out. */
export function SessionsPage() {
  const { t } = useTranslation()
  const tell = useTell()
  const navigate = useNavigate()
  const list = useInfiniteQuery(sessionsQuery)
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const [asked, setAsked] = useState<'everywhere' | LiveSession | null>(null)
  const end = useMutation(endSession)
  const everywhere = useMutation(signOutEverywhere)
  const close = () => setAsked(null)
  const out = async () => {
    await everywhere.mutateAsync()
    queryClient.clear()
    await navigate({ to: '/sign-in' })
  }
  return (
    <SettingsPage
      place="sessions"
      lead={t('settings.sessionsLead')}
      actions={
        <Button danger onClick={() => setAsked('everywhere')}>
          {t('settings.everywhere')}
        </Button>
      }
    >
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : (
        <DataTable
          label={t('settings.places.sessions')}
          columns={columnsOf(t, setAsked)}
          rows={rows}
          rowKey={(s) => s.id}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        />
      )}
      {asked === 'everywhere' && (
        <Modal
          open
          title={t('settings.everywhereTitle')}
          okText={t('settings.everywhere')}
          cancelText={t('ui.cancel')}
          okButtonProps={{ danger: true, loading: everywhere.isPending }}
          onOk={() => out().catch(tell.failed)}
          onCancel={close}
        >
          {t('settings.everywhereMeans')}
        </Modal>
      )}
      {asked !== null && asked !== 'everywhere' && (
        <Modal
          open
          title={t('settings.endTitle')}
          okText={t('settings.end')}
          cancelText={t('ui.cancel')}
          okButtonProps={{ danger: true, loading: end.isPending }}
          onOk={() =>
            end.mutate(asked.id, {
              onSuccess: () => {
                close()
                tell.done(t('settings.ended'))
              },
              onError: tell.failed,
            })
          }
          onCancel={close}
        >
          <Device session={asked} />
        </Modal>
      )}
    </SettingsPage>
  )
}

function Device({ session }: { session: LiveSession }) {
  const { t } = useTranslation()
  const device = deviceOf(session.user_agent)
  return (
    <span title={session.user_agent}>
      {device ? t('settings.onDevice', device) : <bdi>{session.user_agent || t('settings.none')}</bdi>}
    </span>
  )
}

function columnsOf(t: Say, onEnd: (s: LiveSession) => void): Column<LiveSession>[] {
  return [
    {
      key: 'device',
      title: t('settings.device'),
      cell: (s) => (
        <span className={css.two}>
          <Device session={s} />
          <Chip tone="quiet">{t(`settings.kinds.${s.kind}`)}</Chip>
          {s.is_this_one && <Chip tone="accent">{t('settings.thisOne')}</Chip>}
        </span>
      ),
    },
    {
      key: 'since',
      title: t('settings.since'),
      width: '160px',
      wideOnly: true,
      cell: (s) => instant(s.created_at),
    },
    {
      key: 'seen',
      title: t('settings.lastSeen'),
      width: '160px',
      wideOnly: true,
      cell: (s) => instant(s.last_used_at),
    },
    {
      key: 'acts',
      title: t('settings.acts'),
      width: '110px',
      align: 'end',
      cell: (s) => (s.is_this_one ? null : <Button onClick={() => onEnd(s)}>{t('settings.end')}</Button>),
    },
  ]
}
