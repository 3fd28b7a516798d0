import { useTranslation } from 'react-i18next'
import type { Departure } from '@/api/queries/departures'
import { usePackNames } from '@/api/queries/pack'
import { instant } from '@/ui/format'
import { Strip } from '@/ui/Strip'

/** Whose yes is missing, until when, and what silence means. Says so where nobody holds the role. */
export function Approval({ d }: { d: Departure }) {
  const { t } = useTranslation()
  const names = usePackNames()
  if (!d.approval) return null
  const roles = d.approval.roles.map(names.ofRole).join(t('ui.and'))
  const nobody = d.approval.nobody.map(names.ofRole).join(t('ui.and'))
  return (
    <Strip tone={nobody ? 'danger' : 'accent'}>
      <strong>{t('departures.waitsFor', { roles, count: d.approval.instructions })}</strong>
      {d.approval.expires_at && <span>{t('departures.waitsUntil', { at: instant(d.approval.expires_at) })}</span>}
      {nobody && <span>{t('departures.nobodyHolds', { roles: nobody })}</span>}
      {d.access_ended_at && <span>{t('departures.accessEndedAnyway')}</span>}
    </Strip>
  )
}
