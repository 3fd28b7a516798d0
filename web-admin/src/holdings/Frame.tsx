import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePowers } from '@/api/queries/powers'
import { PartNav } from '@/ui/PartNav'
import { places } from './places'

/** The way between the parts of this section: by person, what is not settled, what is held. */
export function Parts({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  const powers = usePowers()
  const shown = places.filter((p) => powers.has(p.needs))
  return (
    <>
      {shown.length > 1 && (
        <PartNav label={t('holdings.parts')}>
          {shown.map((p) => (
            <Link
              key={p.to}
              to={p.to}
              activeOptions={{ exact: true, includeSearch: false }}
              activeProps={{ 'aria-current': 'page' }}
            >
              {t(`holdings.places.${p.key}`)}
            </Link>
          ))}
        </PartNav>
      )}
      {children}
    </>
  )
}
