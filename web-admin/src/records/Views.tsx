import { Button, Dropdown, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/session/useSession'
import { FormDialog } from '@/ui/FormDialog'
import { useTell } from '@/ui/useTell'
import type { Conditions } from './filter'
import css from './Views.module.css'
import { BUILT_IN, useSavedViews } from './views'

/** Conditions under a name: those that everybody has, those that were saved here, and a place to save what is shown. */
export function Views({ conditions, onChoose }: { conditions: Conditions; onChoose: (c: Conditions) => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const { tenant } = useSession()
  const { views, add, remove } = useSavedViews(tenant.id)
  const [naming, setNaming] = useState(false)
  const items = [
    ...BUILT_IN.map((v) => ({ key: `built:${v.key}`, label: t(`records.builtIn.${v.key}`) })),
    ...(views.length > 0 ? [{ type: 'divider' as const }] : []),
    ...views.map((v) => ({
      key: `saved:${v.name}`,
      label: (
        <span className={css.saved}>
          <bdi>{v.name}</bdi>
          <button
            type="button"
            className={css.remove}
            aria-label={t('records.removeView', { name: v.name })}
            onClick={(e) => {
              e.stopPropagation()
              remove(v.name)
            }}
          >
            ×
          </button>
        </span>
      ),
    })),
    { type: 'divider' as const },
    { key: 'save', label: t('records.saveView'), disabled: Object.keys(conditions).length === 0 },
  ]
  const onClick = (key: string) => {
    const [kind, name] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]
    if (key === 'save') return setNaming(true)
    const found =
      kind === 'built'
        ? BUILT_IN.find((v) => v.key === name)?.conditions
        : views.find((v) => v.name === name)?.conditions
    if (found) onChoose(found)
  }
  return (
    <>
      <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => onClick(key) }}>
        <Button>{t('records.views')}</Button>
      </Dropdown>
      {naming && (
        <FormDialog<{ name: string }>
          title={t('records.saveView')}
          confirm={t('ui.save')}
          width={400}
          onFinish={({ name }) => {
            add({ name: name.trim(), conditions })
            setNaming(false)
            tell.done(t('records.viewSaved'))
          }}
          onClose={() => setNaming(false)}
        >
          <Form.Item
            name="name"
            label={t('records.viewName')}
            rules={[{ required: true, whitespace: true, message: t('records.viewName') }]}
          >
            <Input autoFocus maxLength={60} />
          </Form.Item>
        </FormDialog>
      )}
    </>
  )
}
