import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { replayMessage } from '@/api/queries/messages'
import { usePowers } from '@/api/queries/powers'
import {
  type Attention,
  attentionQuery,
  checkpointQuery,
  resolveAttention,
  retryDelivery,
} from '@/api/queries/settings'
import { type Say, word } from '@/i18n'
import { Act } from '@/ui/Act'
import { type Column, DataTable } from '@/ui/DataTable'
import { Facts } from '@/ui/Facts'
import { instant, number } from '@/ui/format'
import { Failed, Loading, Notice } from '@/ui/Page'
import { ReasonDialog } from '@/ui/ReasonDialog'
import { useTell } from '@/ui/useTell'
import css from './Settings.module.css'
import { SettingsPage } from './SettingsPage'

/** What is overdue, unacknowledged or failed, and how far the ledger is sealed. */
export function HealthPage() {
  const { t } = useTranslation()
  const tell = useTell()
  const powers = usePowers()
  const list = useInfiniteQuery(attentionQuery)
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const [settling, setSettling] = useState<Attention | null>(null)
  const resolve = useMutation(resolveAttention)
  return (
    <SettingsPage place="health" lead={t('settings.healthLead')}>
      {powers.has('records.read') && <Sealed />}
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Notice title={t('settings.healthGood')}>
          <p>{t('settings.healthGoodHelp')}</p>
        </Notice>
      ) : (
        <DataTable
          label={t('settings.places.health')}
          columns={columnsOf(t, (a) => <AttentionActs of={a} onSettle={() => setSettling(a)} />)}
          rows={rows}
          rowKey={(a) => a.id}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        />
      )}
      {settling && (
        <ReasonDialog
          title={t('inbox.resolveTitle')}
          consequence={
            <>
              <p>{word('inbox.raised', settling.kind)}</p>
              <p>{t('inbox.resolveMeans')}</p>
            </>
          }
          confirm={t('inbox.resolve')}
          busy={resolve.isPending}
          onConfirm={(note) =>
            resolve.mutate(
              { id: settling.id, note },
              {
                onSuccess: () => {
                  setSettling(null)
                  tell.done(t('inbox.states.resolved'))
                },
                onError: tell.failed,
              },
            )
          }
          onClose={() => setSettling(null)}
        />
      )}
    </SettingsPage>
  )
}

function Sealed() {
  const { t } = useTranslation()
  const { data } = useQuery(checkpointQuery)
  if (!data) return null
  return (
    <Facts
      facts={[
        [
          t('settings.sealed'),
          data.at ? t('settings.sealedUpTo', { n: number(data.size), at: instant(data.at) }) : t('settings.sealedNone'),
        ],
        [
          t('settings.unsealed'),
          data.unsealed > 0 ? t('settings.unsealedCount', { count: data.unsealed, n: number(data.unsealed) }) : null,
        ],
      ]}
    />
  )
}

function AttentionActs({ of, onSettle }: { of: Attention; onSettle: () => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const powers = usePowers()
  const replay = useMutation(replayMessage)
  const retry = useMutation(retryDelivery)
  const may = (act: string) => (powers.has(act) ? { allowed: true } : { allowed: false, why: 'power.missing' })
  const ends = (text: string) => ({ onSuccess: () => tell.done(text), onError: tell.failed })
  return (
    <span className={css.acts}>
      {of.object_kind === 'message' && (
        <Act
          can={may('messages.replay')}
          label={t('inbox.replay')}
          loading={replay.isPending}
          onClick={() => replay.mutate(of.object_id, ends(t('inbox.replayed')))}
        />
      )}
      {of.object_kind === 'delivery' && (
        <Act
          can={may('orders.retry')}
          label={t('inbox.retry')}
          loading={retry.isPending}
          onClick={() => retry.mutate(of.object_id, ends(t('inbox.retried')))}
        />
      )}
      <Act can={may('attention.resolve')} label={t('inbox.resolve')} onClick={onSettle} />
    </span>
  )
}

function columnsOf(t: Say, acts: (a: Attention) => React.ReactNode): Column<Attention>[] {
  return [
    { key: 'what', title: t('settings.what'), width: '28%', cell: (a) => word('inbox.raised', a.kind) },
    {
      key: 'reason',
      title: t('settings.reason'),
      wideOnly: true,
      cell: (a) => <span title={a.detail}>{word('problems', a.reason)}</span>,
    },
    { key: 'since', title: t('settings.raisedAt'), width: '150px', wideOnly: true, cell: (a) => instant(a.raised_at) },
    { key: 'acts', title: t('settings.acts'), width: '220px', align: 'end', cell: acts },
  ]
}
