import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import {
  changeOrganisation,
  type Organisation,
  organisationQuery,
  readOrganisation,
  type SettingsChange,
} from '@/api/queries/organisation'
import { shelfQuery } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { currentLanguage, languages, word } from '@/i18n'
import { instant } from '@/ui/format'
import { Loaded } from '@/ui/Page'
import { useTell } from '@/ui/useTell'
import { Conflict } from './Conflict'
import { Effect } from './Effect'
import { changesOf, type Settings, settingsOf } from './organisation'
import css from './Settings.module.css'

interface Props {
  labels: { unchanged?: string; changed: string }
  busy?: boolean
  /** After it was saved, or at once where nothing was changed. */
  onDone: () => void
}

/** Name, time zone, language, pack and features. */
export function OrganisationForm(props: Props) {
  const organisation = useQuery(organisationQuery)
  return <Loaded query={organisation}>{(o) => <Fields {...props} first={o} />}</Loaded>
}

function Fields({ labels, busy, onDone, first }: Props & { first: Organisation }) {
  const { t } = useTranslation()
  const tell = useTell()
  const powers = usePowers()
  const shelf = useQuery(shelfQuery)
  const [form] = Form.useForm<Settings>()
  // What the form began with; what others save meanwhile does not slip in unseen.
  const [base, setBase] = useState(first)
  const [theirs, setTheirs] = useState<Organisation | null>(null)
  const [asked, setAsked] = useState<SettingsChange | null>(null)
  const save = useMutation(changeOrganisation)
  const values = Form.useWatch([], form)
  const changed = Object.keys(changesOf(base, { ...settingsOf(base), ...values })).length > 0
  const mayRule = powers.has('packs.write')
  const otherPack = (values?.pack ?? base.pack) !== base.pack

  const send = (change: SettingsChange) =>
    save.mutate(
      { version: base.version, change },
      {
        onSuccess: (now) => {
          setAsked(null)
          setBase(now)
          form.setFieldsValue(settingsOf(now))
          tell.done(t('setup.saved'))
          onDone()
        },
        onError: async (error) => {
          setAsked(null)
          if (error instanceof ProblemError && error.isStale) setTheirs(await readOrganisation())
          else tell.failed(error)
        },
      },
    )
  const finish = (settings: Settings) => {
    const change = changesOf(base, settings)
    if (Object.keys(change).length === 0) onDone()
    // What decides who controls data is shown before it is done.
    else if (change.pack || change.features || change.time_zone) setAsked(change)
    else send(change)
  }

  if (theirs) {
    return (
      <Conflict
        base={base}
        mine={{ ...settingsOf(base), ...form.getFieldsValue(true) }}
        theirs={theirs}
        onChosen={(settings) => {
          setBase(theirs)
          setTheirs(null)
          form.setFieldsValue(settings)
        }}
      />
    )
  }
  const since = (feature: string) => base.feature_periods.findLast((p) => p.feature === feature && !p.until_at)?.from_at
  return (
    <>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        className={css.form}
        initialValues={settingsOf(base)}
        onFinish={finish}
      >
        <Form.Item
          name="name"
          label={t('setup.orgName')}
          rules={[{ required: true, whitespace: true, message: t('setup.orgNameNeeded') }]}
        >
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="time_zone" label={t('setup.timeZone')}>
          <Select showSearch options={zones(base.time_zone).map((z) => ({ value: z, label: z }))} />
        </Form.Item>
        <Form.Item name="locale" label={t('setup.language')}>
          <Select options={languages.map((l) => ({ value: l, label: t(`shell.languages.${l}`) }))} />
        </Form.Item>
        <Form.Item
          name="pack"
          label={t('setup.pack')}
          extra={mayRule ? t('setup.packMeans') : word('problems', 'power.missing')}
        >
          <Select
            disabled={!mayRule}
            loading={shelf.isPending}
            options={(shelf.data ?? []).map(({ pack }) => ({
              value: pack.name,
              label: currentLanguage() === 'en' ? pack.title_en : pack.title_zh,
            }))}
          />
        </Form.Item>
        {base.known_features.length > 0 && !otherPack && (
          <Form.Item name="features" label={t('setup.features')} extra={t('setup.featuresMean')}>
            <Checkbox.Group disabled={!mayRule} className={css.features}>
              {base.known_features.map((feature) => {
                const from = since(feature)
                return (
                  <Checkbox key={feature} value={feature}>
                    {word('packs.features', feature)}
                    {from && <span className={css.faint}> {t('inbox.since', { at: instant(from) })}</span>}
                  </Checkbox>
                )
              })}
            </Checkbox.Group>
          </Form.Item>
        )}
        <Button
          type="primary"
          htmlType="submit"
          disabled={!changed && !labels.unchanged}
          loading={busy || (save.isPending && !asked)}
        >
          {changed ? labels.changed : (labels.unchanged ?? labels.changed)}
        </Button>
      </Form>
      {asked && (
        <Modal
          open
          title={t('setup.effectTitle')}
          okText={labels.changed}
          cancelText={t('ui.cancel')}
          okButtonProps={{ loading: save.isPending }}
          onOk={() => send(asked)}
          onCancel={() => setAsked(null)}
        >
          <Effect change={asked} />
        </Modal>
      )}
    </>
  )
}

/** Every time zone that the browser knows, and the one that is set. */
function zones(present: string): string[] {
  return [...new Set([present, ...Intl.supportedValuesOf('timeZone')])]
}
