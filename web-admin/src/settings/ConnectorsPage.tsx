import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type Connector,
  type CreatedConnector,
  connectorsQuery,
  createConnector,
  rotateConnector,
} from '@/api/queries/connectors'
import type { Say } from '@/i18n'
import { type Column, DataTable } from '@/ui/DataTable'
import { FormDialog } from '@/ui/FormDialog'
import { day, dayOf } from '@/ui/format'
import { Loaded, Notice } from '@/ui/Page'
import { useTell } from '@/ui/useTell'
import { ConnectorDrawer } from './ConnectorDrawer'
import { SecretOnce } from './SecretOnce'
import css from './Settings.module.css'
import { SettingsPage } from './SettingsPage'

/** The systems that keep external holdings. */
export function ConnectorsPage() {
  const { t } = useTranslation()
  const tell = useTell()
  const navigate = useNavigate({ from: '/settings/connectors' })
  const search = useSearch({ from: '/shell/settings/connectors' })
  const connectors = useQuery(connectorsQuery)
  const opened = connectors.data?.find((c) => c.id === search.connector)
  const open = (connector: string | undefined, inventory?: string) =>
    void navigate({ search: { connector, inventory }, replace: search.connector !== undefined })
  const [asked, setAsked] = useState<'add' | Connector | null>(null)
  const [made, setMade] = useState<CreatedConnector | null>(null)
  const create = useMutation(createConnector)
  const rotate = useMutation(rotateConnector)
  const shows = {
    onSuccess: (created: CreatedConnector) => {
      setAsked(null)
      setMade(created)
    },
    onError: tell.failed,
  }
  const add = (
    <Button type="primary" onClick={() => setAsked('add')}>
      {t('settings.connectorAdd')}
    </Button>
  )
  return (
    <SettingsPage place="connectors" lead={t('settings.connectorsLead')} actions={add}>
      <Loaded
        query={connectors}
        isEmpty={(all) => all.length === 0}
        empty={<Notice title={t('settings.connectorsNone')}>{add}</Notice>}
      >
        {(all) => (
          <DataTable
            label={t('settings.places.connectors')}
            columns={columnsOf(t, setAsked)}
            rows={all}
            rowKey={(c) => c.id}
            onOpen={(c) => open(c.id)}
            chosen={search.connector}
          />
        )}
      </Loaded>
      {opened && (
        <ConnectorDrawer
          connector={opened}
          opened={search.inventory}
          onInventory={(inventory) => open(opened.id, inventory)}
          onClose={() => open(undefined)}
        />
      )}
      {asked === 'add' && (
        <ConnectorDialog
          busy={create.isPending}
          onMade={(wanted) => create.mutate(wanted, shows)}
          onClose={() => setAsked(null)}
        />
      )}
      {asked !== null && asked !== 'add' && (
        <Modal
          open
          title={t('settings.connectorRotateTitle', { name: asked.name })}
          okText={t('settings.rotate')}
          cancelText={t('ui.cancel')}
          okButtonProps={{ loading: rotate.isPending }}
          onOk={() => rotate.mutate(asked.id, shows)}
          onCancel={() => setAsked(null)}
        >
          {t('settings.connectorRotateMeans')}
        </Modal>
      )}
      {made && (
        <SecretOnce
          values={[
            [t('settings.secret'), made.signing_secret],
            [t('settings.apiKey'), made.api_key],
          ]}
          onDone={() => setMade(null)}
        />
      )}
    </SettingsPage>
  )
}

interface Wanted {
  name: string
  callback_url: string
}

function ConnectorDialog({
  busy,
  onMade,
  onClose,
}: {
  busy: boolean
  onMade: (wanted: Wanted) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <FormDialog<Wanted>
      title={t('settings.connectorAdd')}
      confirm={t('settings.add')}
      busy={busy}
      width={520}
      onFinish={(wanted) => onMade({ name: wanted.name.trim(), callback_url: wanted.callback_url.trim() })}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t('settings.name')}
        rules={[{ required: true, whitespace: true, message: t('settings.nameNeeded') }]}
      >
        <Input autoFocus maxLength={80} placeholder={t('settings.connectorNamePlaceholder')} />
      </Form.Item>
      <Form.Item
        name="callback_url"
        label={t('settings.callback')}
        rules={[{ required: true, pattern: /^\s*https?:\/\/\S+\s*$/, message: t('settings.callbackNeeded') }]}
      >
        <Input type="url" inputMode="url" placeholder="https://mail.example.com/tenure" />
      </Form.Item>
    </FormDialog>
  )
}

function columnsOf(t: Say, onRotate: (c: Connector) => void): Column<Connector>[] {
  return [
    { key: 'name', title: t('settings.name'), width: '26%', cell: (c) => <bdi>{c.name}</bdi> },
    {
      key: 'callback',
      title: t('settings.callback'),
      wideOnly: true,
      cell: (c) => <code className={css.address}>{c.callback_url}</code>,
    },
    {
      key: 'created',
      title: t('settings.created'),
      width: '120px',
      wideOnly: true,
      cell: (c) => day(dayOf(c.created_at)),
    },
    {
      key: 'acts',
      title: t('settings.acts'),
      width: '120px',
      align: 'end',
      cell: (c) => <Button onClick={() => onRotate(c)}>{t('settings.rotate')}</Button>,
    },
  ]
}
