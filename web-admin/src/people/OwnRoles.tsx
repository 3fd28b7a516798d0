import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { defineRole, type NewOwnRole, ownRolesQuery } from '@/api/queries/ownRoles'
import { usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { ClassSelect } from '@/instructions/ClassSelect'
import { classesOf } from '@/instructions/classWords'
import { inLanguage } from '@/packs/words'
import { Act } from '@/ui/Act'
import { Chip } from '@/ui/Chip'
import { FormDialog } from '@/ui/FormDialog'
import { Loaded } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import css from './Certification.module.css'

const OPERATIONS = ['read', 'reveal', 'correct', 'export'] as const
const PURPOSES = ['payroll', 'audit', 'complaint', 'hr', 'incident']

/** Roles that the organisation defined for itself: what each may do, by which instruction, and how to define one. */
export function OwnRoles() {
  const { t } = useTranslation()
  const names = usePackNames()
  const powers = usePowers()
  const query = useQuery(ownRolesQuery)
  const [defining, setDefining] = useState(false)
  return (
    <section className={css.section} aria-labelledby="own-roles">
      <div className={shared.between}>
        <h2 id="own-roles">{t('ownRoles.title')}</h2>
        <Act
          can={{ allowed: powers.has('instructions.propose'), why: 'power.missing' }}
          label={t('ownRoles.define')}
          onClick={() => setDefining(true)}
        />
      </div>
      <p className={shared.soft}>{t('ownRoles.help')}</p>
      <Loaded query={query} isEmpty={(all) => all.roles.length === 0} empty={<p>{t('ownRoles.none')}</p>}>
        {(all) => (
          <ul className={css.list}>
            {all.roles.map((role) => (
              <li key={role.id} className={css.item}>
                <div className={css.line}>
                  <strong>{inLanguage(role.name_zh, role.name_en)}</strong>
                  <code>{role.key}</code>
                  <Chip tone={role.state === 'in_force' ? 'accent' : 'quiet'}>
                    {word('ownRoles.states', role.state)}
                  </Chip>
                </div>
                <p>
                  {t('ownRoles.may', {
                    operations: role.scope.operations
                      .map((o) => word('instructions.operations', o))
                      .join(t('instructions.listAnd')),
                    classes: classesOf(role.scope.classes, names).join(t('instructions.listAnd')),
                    purposes: role.scope.purposes.map((p) => word('purposes', p)).join(t('instructions.listAnd')),
                  })}
                </p>
                <div className={css.line}>
                  <span className={shared.note}>
                    {t('ownRoles.worksAs', { roles: role.works_as.map(names.ofRole).join(t('instructions.listAnd')) })}
                  </span>
                  {powers.has('instructions.read') && (
                    <Link to="/instructions/$id" params={{ id: role.instruction_id }}>
                      {t('ownRoles.instruction')}
                    </Link>
                  )}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {defining && <Define onClose={() => setDefining(false)} />}
    </section>
  )
}

interface Written {
  key: string
  name_zh: string
  name_en: string
  classes: string[]
  operations: string[]
  purposes: string[]
  excludes?: string[]
  reason: string
}

function Define({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const define = useMutation(defineRole)
  const needed = [{ required: true, message: t('cases.needed') }]
  const wanted = (w: Written): NewOwnRole => ({
    key: `own.${w.key}`,
    name_zh: w.name_zh,
    name_en: w.name_en,
    scope: { classes: w.classes, operations: w.operations, purposes: w.purposes },
    excludes: w.excludes ?? [],
    reason: w.reason,
  })
  return (
    <FormDialog<Written>
      title={t('ownRoles.define')}
      confirm={t('ownRoles.propose')}
      busy={define.isPending}
      width={560}
      intro={<p className={shared.soft}>{t('ownRoles.defineMeans')}</p>}
      initialValues={{ operations: ['read'] }}
      onFinish={(w) =>
        define.mutate(wanted(w), {
          onSuccess: (made) => {
            tell.done(t(made.state === 'in_force' ? 'ownRoles.inForce' : 'ownRoles.proposed'))
            onClose()
          },
          onError: tell.failed,
        })
      }
      onClose={onClose}
    >
      <Form.Item
        name="key"
        label={t('ownRoles.key')}
        rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{0,39}$/, message: t('ownRoles.keyHelp') }]}
      >
        <Input addonBefore="own." maxLength={40} />
      </Form.Item>
      <Form.Item name="name_zh" label={t('ownRoles.nameZh')} rules={needed}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="name_en" label={t('ownRoles.nameEn')} rules={needed}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="classes" label={t('cases.opens')} rules={needed}>
        <ClassSelect label={t('cases.opens')} />
      </Form.Item>
      <Form.Item name="operations" label={t('cases.operations')} rules={needed}>
        <Select
          mode="multiple"
          options={OPERATIONS.map((o) => ({ value: o, label: word('instructions.operations', o) }))}
        />
      </Form.Item>
      <Form.Item name="purposes" label={t('cases.purpose')} rules={needed}>
        <Select mode="tags" maxCount={20} options={PURPOSES.map((p) => ({ value: p, label: word('purposes', p) }))} />
      </Form.Item>
      <Form.Item name="excludes" label={t('ownRoles.excludes')}>
        <Select
          mode="multiple"
          options={names.roles
            .filter((r) => r.key !== 'employee' && !r.key.startsWith('own.'))
            .map((r) => ({ value: r.key, label: names.ofRole(r.key) }))}
        />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t('ui.reason')}
        rules={[{ required: true, whitespace: true, message: t('ui.reasonNeeded') }]}
      >
        <Input.TextArea rows={2} maxLength={2000} />
      </Form.Item>
    </FormDialog>
  )
}
