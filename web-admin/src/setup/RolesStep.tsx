import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import type { RoleToFill, SetupGuide } from '@/api/queries/setup'
import { number } from '@/ui/format'
import { AppointDialog } from './AppointDialog'
import css from './GuidePage.module.css'

/** The roles that are kept apart, who holds each, and appointing somebody. */
export function RolesStep({ step, isAlone }: { step: SetupGuide['roles']; isAlone: boolean }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const [asked, setAsked] = useState<RoleToFill | null>(null)
  return (
    <>
      {isAlone && <p className={css.faint}>{t('setup.membersNone')}</p>}
      <ul className={css.roles}>
        {step.roles.map((role) => (
          <li key={role.role}>
            <span className={css.role}>
              <strong>{names.ofRole(role.role)}</strong>
              {role.excludes.length > 0 && (
                <small>
                  {t('setup.excludes', { roles: role.excludes.map(names.ofRole).join(t('instructions.listAnd')) })}
                </small>
              )}
            </span>
            <span className={role.holders === 0 ? css.missing : undefined}>
              {role.holders === 0 ? t('setup.nobody') : heldBy(role)}
              {role.holders > role.held_by.length && ` … (${number(role.holders)})`}
            </span>
            <Button
              size="small"
              disabled={isAlone}
              aria-label={t('setup.appointTitle', { role: names.ofRole(role.role) })}
              onClick={() => setAsked(role)}
            >
              {t('setup.appoint')}
            </Button>
          </li>
        ))}
      </ul>
      {asked && <AppointDialog role={asked} roles={step.roles} onClose={() => setAsked(null)} />}
    </>
  )

  function heldBy(role: RoleToFill): string {
    return role.held_by.map((m) => m.name ?? m.staff_number ?? t('ui.nameForgotten')).join(t('ui.listComma'))
  }
}
