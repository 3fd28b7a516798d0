import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { confirmOrganisation, type SetupGuide } from '@/api/queries/setup'
import { OrganisationForm } from '@/settings/OrganisationForm'
import { instant } from '@/ui/format'
import { useTell } from '@/ui/useTell'
import css from './GuidePage.module.css'

/** Somebody looks at what the organisation begins with, and says that it is right. */
export function OrganisationStep({ step }: { step: SetupGuide['organisation'] }) {
  const { t } = useTranslation()
  const tell = useTell()
  const confirm = useMutation(confirmOrganisation)
  if (step.done) {
    return (
      <p className={css.acts}>
        {step.confirmed_at && (
          <span className={css.faint}>
            {step.confirmed_by
              ? t('setup.confirmed', {
                  who: step.confirmed_by.name ?? step.confirmed_by.staff_number ?? t('ui.nameForgotten'),
                  at: instant(step.confirmed_at),
                })
              : t('setup.confirmedAt', { at: instant(step.confirmed_at) })}
          </span>
        )}
        <Link to="/settings/organisation">{t('settings.places.organisation')}</Link>
      </p>
    )
  }
  return (
    <OrganisationForm
      labels={{ unchanged: t('setup.confirm'), changed: t('setup.saveAndConfirm') }}
      busy={confirm.isPending}
      onDone={() => confirm.mutate(undefined, { onError: tell.failed })}
    />
  )
}
