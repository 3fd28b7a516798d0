import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { organisationQuery } from '@/api/queries/organisation'
import { word } from '@/i18n'
import { Facts } from '@/ui/Facts'
import { instant } from '@/ui/format'
import { OrganisationForm } from './OrganisationForm'
import { SettingsPage } from './SettingsPage'

/** What the organisation has set, since when, and what stays as it was made. */
export function OrganisationPage() {
  const { t } = useTranslation()
  const { data: o } = useQuery(organisationQuery)
  const past = o?.feature_periods.filter((p) => p.until_at) ?? []
  return (
    <SettingsPage place="organisation" lead={t('setup.orgLead')}>
      <OrganisationForm labels={{ changed: t('setup.save') }} onDone={() => {}} />
      {o && (
        <Facts
          facts={[
            [t('setup.slug'), <code key="slug">{o.slug}</code>],
            [t('setup.algorithm'), <code key="algorithm">{o.algorithm}</code>],
            [
              t('setup.featuresBefore'),
              past.length > 0 &&
                past
                  .map((p) =>
                    t('setup.featureWas', {
                      feature: word('packs.features', p.feature),
                      from: instant(p.from_at),
                      until: p.until_at ? instant(p.until_at) : '',
                    }),
                  )
                  .join(t('ui.listComma')),
            ],
            [
              t('setup.title'),
              <Link key="guide" to="/guide">
                {t('setup.toGuide')}
              </Link>,
            ],
          ].map(([name, value]) => [name as string, value || null])}
        />
      )}
    </SettingsPage>
  )
}
