import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePowers } from '@/api/queries/powers'
import { Page } from '@/ui/Page'
import { PartNav } from '@/ui/PartNav'
import { type PlaceKey, places } from './places'
import css from './Settings.module.css'

/** The frame of every part of the settings. */
export function SettingsPage({
  place,
  lead,
  actions,
  tools,
  children,
}: {
  place: PlaceKey
  lead?: string
  actions?: ReactNode
  tools?: ReactNode
  children: ReactNode
}) {
  const { t } = useTranslation()
  const powers = usePowers()
  const shown = places.filter((p) => p.needs === null || powers.has(p.needs))
  return (
    <Page
      title={t(`settings.places.${place}`)}
      actions={actions}
      tools={
        <>
          <PartNav label={t('settings.sections')}>
            {shown.map((p) => (
              <Link key={p.to} to={p.to} activeProps={{ 'aria-current': 'page' }}>
                {t(`settings.places.${p.key}`)}
              </Link>
            ))}
          </PartNav>
          {tools}
        </>
      }
    >
      <div className={css.part}>
        {lead && <p className={css.lead}>{lead}</p>}
        {children}
      </div>
    </Page>
  )
}
