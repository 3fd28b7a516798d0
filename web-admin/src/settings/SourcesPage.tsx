import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CreatedSource, createSource, rotateSource, type Source, sourcesQuery } from '@/api/queries/settings'
import type { Say } from '@/i18n'
import { type Column, DataTable } from '@/ui/DataTable'
import { day, dayOf, instant } from '@/ui/format'
import { Loaded, Notice } from '@/ui/Page'
import { useTell } from '@/ui/useTell'
import { addressOf } from './address'
import { NameDialog } from './NameDialog'
import { SecretOnce } from './SecretOnce'
import css from './Settings.module.css'
import { SettingsPage } from './SettingsPage'
import { TestSource } from './TestSource'

/** Where HR events come from: addresses, secrets that are shown once, and a test that the way is open. */
export function SourcesPage() {
  const { t } = useTranslation()
  const tell = useTell()
  const sources = useQuery(sourcesQuery)
  const [asked, setAsked] = useState<'add' | Source | null>(null)
  const [made, setMade] = useState<CreatedSource | null>(null)
  const create = useMutation(createSource)
  const rotate = useMutation(rotateSource)
  const shows = {
    onSuccess: (created: CreatedSource) => {
      setAsked(null)
      setMade(created)
    },
    onError: tell.failed,
  }
  const add = (
    <Button type="primary" onClick={() => setAsked('add')}>
      {t('settings.sourceAdd')}
    </Button>
  )
  return (
    <SettingsPage place="sources" lead={t('settings.sourcesLead')} actions={add}>
      <Loaded
        query={sources}
        isEmpty={(all) => all.length === 0}
        empty={<Notice title={t('settings.sourcesNone')}>{add}</Notice>}
      >
        {(all) => (
          <DataTable
            label={t('settings.places.sources')}
            columns={columnsOf(t, setAsked)}
            rows={all}
            rowKey={(s) => s.id}
          />
        )}
      </Loaded>
      {asked === 'add' && (
        <NameDialog
          title={t('settings.sourceAdd')}
          placeholder={t('settings.sourceNamePlaceholder')}
          busy={create.isPending}
          onName={(name) => create.mutate(name, shows)}
          onClose={() => setAsked(null)}
        />
      )}
      {asked !== null && asked !== 'add' && (
        <Modal
          open
          title={t('settings.sourceRotateTitle', { name: asked.name })}
          okText={t('settings.rotate')}
          cancelText={t('ui.cancel')}
          okButtonProps={{ loading: rotate.isPending }}
          onOk={() => rotate.mutate(asked.id, shows)}
          onCancel={() => setAsked(null)}
        >
          {t('settings.sourceRotateMeans')}
        </Modal>
      )}
      {made && (
        <SecretOnce
          values={[
            [t('settings.url'), addressOf(made.path)],
            [t('settings.secret'), made.secret],
          ]}
          onDone={() => setMade(null)}
        />
      )}
    </SettingsPage>
  )
}

function columnsOf(t: Say, onRotate: (s: Source) => void): Column<Source>[] {
  return [
    { key: 'name', title: t('settings.name'), width: '20%', cell: (s) => <bdi>{s.name}</bdi> },
    {
      key: 'url',
      title: t('settings.url'),
      wideOnly: true,
      cell: (s) => <code className={css.address}>{addressOf(`/hooks/${s.slug}`)}</code>,
    },
    {
      key: 'created',
      title: t('settings.created'),
      width: '110px',
      wideOnly: true,
      cell: (s) => day(dayOf(s.created_at)),
    },
    {
      key: 'acts',
      title: t('settings.acts'),
      width: '40%',
      align: 'end',
      cell: (s) => (
        <span className={css.acts}>
          {s.previous_until && (
            <span className={css.faint}>{t('settings.previousUntil', { at: instant(s.previous_until) })}</span>
          )}
          <TestSource id={s.id} />
          <Button onClick={() => onRotate(s)}>{t('settings.rotate')}</Button>
        </span>
      ),
    },
  ]
}
