import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Message, type MessageState, messagesQuery } from '@/api/queries/messages'
import { usePowers } from '@/api/queries/powers'
import { sourcesQuery } from '@/api/queries/settings'
import { type Say, word } from '@/i18n'
import { Chip, type Tone } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { second } from '@/ui/format'
import { Failed, Loading, Notice } from '@/ui/Page'
import { MessageDrawer } from './MessageDrawer'
import css from './Settings.module.css'
import { SettingsPage } from './SettingsPage'

const STATES: MessageState[] = ['rejected', 'waiting', 'received', 'applied', 'superseded']
export const TONES: Record<MessageState, Tone> = {
  received: 'accent',
  applied: 'plain',
  superseded: 'quiet',
  waiting: 'accent',
  rejected: 'danger',
}

/** What HR systems said, what came of it, and another try for what could not be applied. */
export function MessagesPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/settings/messages' })
  const search = useSearch({ from: '/shell/settings/messages' })
  const state = STATES.find((s) => s === search.state)
  const list = useInfiniteQuery(messagesQuery({ state }))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const maySeeSources = usePowers().has('sources.manage')
  const sources = useQuery({ ...sourcesQuery, enabled: maySeeSources })
  const sourceOf = (id: string) => sources.data?.find((s) => s.id === id)?.name
  const open = (id: string | undefined) =>
    void navigate({ search: (s) => ({ ...s, message: id }), replace: search.message !== undefined })
  const chosen = rows.find((m) => m.id === search.message)
  return (
    <SettingsPage
      place="messages"
      lead={t('settings.messagesLead')}
      tools={
        <Select
          aria-label={t('settings.filterState')}
          value={state ?? ''}
          style={{ width: 200 }}
          options={[
            { value: '', label: t('settings.everyState') },
            ...STATES.map((s) => ({ value: s, label: t(`settings.messageStates.${s}`) })),
          ]}
          onChange={(s) => void navigate({ search: (before) => ({ ...before, state: s || undefined }) })}
        />
      }
    >
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Notice title={state ? t('settings.messagesNoneInState') : t('settings.messagesNone')}>
          {!state && <p>{t('settings.messagesNoneHelp')}</p>}
        </Notice>
      ) : (
        <DataTable
          label={t('settings.places.messages')}
          columns={columnsOf(t, sourceOf)}
          rows={rows}
          rowKey={(m) => m.id}
          onOpen={(m) => open(m.id)}
          chosen={search.message}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        />
      )}
      {chosen && <MessageDrawer message={chosen} sourceOf={sourceOf} onClose={() => open(undefined)} />}
    </SettingsPage>
  )
}

function columnsOf(t: Say, sourceOf: (id: string) => string | undefined): Column<Message>[] {
  return [
    {
      key: 'event',
      title: t('settings.event'),
      width: '18%',
      cell: (m) => (
        <span className={css.two}>
          {m.event ? word('settings.events', m.event) : t('settings.eventUnknown')}
          <span className={css.small}>{second(m.received_at)}</span>
        </span>
      ),
    },
    {
      key: 'state',
      title: t('settings.state'),
      width: '150px',
      cell: (m) => <Chip tone={TONES[m.state]}>{t(`settings.messageStates.${m.state}`)}</Chip>,
    },
    {
      key: 'reason',
      title: t('settings.reason'),
      wideOnly: true,
      cell: (m) => <span className={css.address}>{m.reason && word('problems', m.reason.split(':')[0])}</span>,
    },
    {
      key: 'source',
      title: t('settings.source'),
      width: '16%',
      wideOnly: true,
      cell: (m) => <bdi>{sourceOf(m.source_id)}</bdi>,
    },
    {
      key: 'received',
      title: t('settings.received'),
      width: '180px',
      align: 'end',
      wideOnly: true,
      cell: (m) => second(m.received_at),
    },
  ]
}
