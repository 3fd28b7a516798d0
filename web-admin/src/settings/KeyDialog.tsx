import { Checkbox, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import type { NewApiKey } from '@/api/queries/settings'
import { FormDialog } from '@/ui/FormDialog'
import { number } from '@/ui/format'
import css from './Settings.module.css'

const LIVES_DAYS = [30, 90, 180, 365]
const DAY_MS = 86_400_000

interface Wanted {
  name: string
  days: number
  scopes: string[]
}

/** A key to be made: the powers to choose from are the caller's own, by name. */
export function KeyDialog({
  busy,
  onWanted,
  onClose,
}: {
  busy: boolean
  onWanted: (wanted: NewApiKey) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const names = usePackNames()
  const powers = [...usePowers()]
  return (
    <FormDialog<Wanted>
      title={t('settings.keyAdd')}
      confirm={t('settings.add')}
      busy={busy}
      width={560}
      initialValues={{ days: 90, scopes: [] }}
      onFinish={({ name, days, scopes }) =>
        onWanted({ name: name.trim(), scopes, expires_at: new Date(Date.now() + days * DAY_MS).toISOString() })
      }
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t('settings.name')}
        rules={[{ required: true, whitespace: true, message: t('settings.nameNeeded') }]}
      >
        <Input autoFocus maxLength={80} placeholder={t('settings.keyNamePlaceholder')} />
      </Form.Item>
      <Form.Item name="days" label={t('settings.expires')}>
        <Select
          options={LIVES_DAYS.map((days) => ({
            value: days,
            label: t('settings.lifeDays', { count: days, n: number(days) }),
          }))}
        />
      </Form.Item>
      <Form.Item
        name="scopes"
        label={t('settings.scopes')}
        extra={t('settings.scopesHelp')}
        // `required` would put an attribute on the group that a group may not have.
        rules={[
          {
            validator: (_, scopes: string[]) =>
              scopes.length > 0 ? Promise.resolve() : Promise.reject(new Error(t('settings.scopesNeeded'))),
          },
        ]}
      >
        <Checkbox.Group className={css.scopes}>
          {powers.map((act) => (
            <Checkbox key={act} value={act}>
              {names.ofAct(act)} <code className={css.faint}>{act}</code>
            </Checkbox>
          ))}
        </Checkbox.Group>
      </Form.Item>
    </FormDialog>
  )
}
