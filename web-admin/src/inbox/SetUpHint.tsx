import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { usePowers } from '@/api/queries/powers'
import { setupQuery, stepsMissing } from '@/api/queries/setup'
import { Strip } from '@/ui/Strip'

/** As long as the organisation is not set up, whoever can go on with it is told what is missing. */
export function SetUpHint() {
  const { t } = useTranslation()
  const powers = usePowers()
  const { data } = useQuery({ ...setupQuery, enabled: powers.has('tenant.settings') })
  if (!data || data.done) return null
  const missing = stepsMissing(data).map((step) => t(`setup.steps.${step}`))
  return (
    <Strip>
      <span>{t('inbox.setup', { missing: missing.join(t('ui.listComma')) })}</span>
      <Link to="/guide">{t('inbox.setupGo')}</Link>
    </Strip>
  )
}
