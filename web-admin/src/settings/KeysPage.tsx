import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import { type ApiKey, type CreatedApiKey, createKey, keysQuery, revokeKey } from '@/api/queries/settings'
import { type Say, word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { day, dayOf, instant } from '@/ui/format'
import { Failed, Loading, Notice } from '@/ui/Page'
import { useTell } from '@/ui/useTell'
import { KeyDialog } from './KeyDialog'
import { SecretOnce } from './SecretOnce'
import css from './Settings.module.css'
import { SettingsPage } from './SettingsPage'

/** Keys for programs: named powers, an end, shown once. */
export function KeysPage() {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const list = useInfiniteQuery(keysQuery)
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const [asked, setAsked] = useState<'add' | ApiKey | null>(null)
  const [made, setMade] = useState<CreatedApiKey | null>(null)
  const create = useMutation(createKey)
  const revoke = useMutation(revokeKey)
  const close = () => setAsked(null)
  const add = (
    <Button type="primary" onClick={() => setAsked('add')}>
      {t('settings.keyAdd')}
    </Button>
  )
  return (
    <SettingsPage place="keys" lead={t('settings.keysLead')} actions={add}>
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Notice title={t('settings.keysNone')}>{add}</Notice>
      ) : (
        <DataTable
          label={t('settings.places.keys')}
          columns={columnsOf(t, names.ofAct, setAsked)}
          rows={rows}
          rowKey={(k) => k.id}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        />
      )}
      {asked === 'add' && (
        <KeyDialog
          busy={create.isPending}
          onWanted={(wanted) =>
            create.mutate(wanted, {
              onSuccess: (created) => {
                close()
                setMade(created)
              },
              onError: tell.failed,
            })
          }
          onClose={close}
        />
      )}
      {asked !== null && asked !== 'add' && (
        <Modal
          open
          title={t('settings.revokeTitle', { name: asked.name })}
          okText={t('settings.revoke')}
          cancelText={t('ui.cancel')}
          okButtonProps={{ danger: true, loading: revoke.isPending }}
          onOk={() =>
            revoke.mutate(asked.id, {
              onSuccess: () => {
                close()
                tell.done(t('settings.revokedNow'))
              },
              onError: tell.failed,
            })
          }
          onCancel={close}
        >
          {t('settings.revokeMeans')}
        </Modal>
      )}
      {made && <SecretOnce values={[[t('settings.apiKey'), made.token]]} onDone={() => setMade(null)} />}
    </SettingsPage>
  )
}

function columnsOf(t: Say, ofAct: (key: string) => string, onRevoke: (k: ApiKey) => void): Column<ApiKey>[] {
  const now = new Date().toISOString()
  const isLive = (k: ApiKey) => !k.revoked_at && k.expires_at > now
  return [
    {
      key: 'name',
      title: t('settings.name'),
      width: '24%',
      cell: (k) => (
        <span className={css.two}>
          <bdi>{k.name}</bdi>
          <code className={css.faint}>{`tk_${k.prefix}…`}</code>
          <span className={css.small}>{t('settings.goodUntil', { day: day(dayOf(k.expires_at)) })}</span>
        </span>
      ),
    },
    {
      key: 'scopes',
      title: t('settings.scopes'),
      wideOnly: true,
      cell: (k) => (
        <span title={k.scopes.join(' ')}>
          {k.scopes.map((s) => word('settings.connectorScopes', ofAct(s))).join(t('ui.and'))}
        </span>
      ),
    },
    {
      key: 'expires',
      title: t('settings.expires'),
      width: '110px',
      wideOnly: true,
      cell: (k) => day(dayOf(k.expires_at)),
    },
    {
      key: 'used',
      title: t('settings.lastUsed'),
      width: '150px',
      wideOnly: true,
      cell: (k) => (k.last_used_at ? instant(k.last_used_at) : t('settings.never')),
    },
    {
      key: 'acts',
      title: t('settings.state'),
      width: '120px',
      align: 'end',
      cell: (k) =>
        isLive(k) ? (
          <Button danger onClick={() => onRevoke(k)}>
            {t('settings.revoke')}
          </Button>
        ) : (
          <Chip tone="quiet">{k.revoked_at ? t('settings.revoked') : t('settings.expired')}</Chip>
        ),
    },
  ]
}
