import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePowers } from '@/api/queries/powers'
import { PartNav } from '@/ui/PartNav'

/** The way between members, roles, their certification, and what they come to. */
export function Parts({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  const powers = usePowers()
  return (
    <>
      <PartNav label={t('people.parts')}>
        <Link to="/people" search={{}} activeOptions={{ exact: true, includeSearch: false }} activeProps={CURRENT}>
          {t('people.members')}
        </Link>
        <Link to="/people/roles" search={{}} activeOptions={{ includeSearch: false }} activeProps={CURRENT}>
          {t('people.roles')}
        </Link>
        <Link to="/people/certification" search={{}} activeOptions={{ includeSearch: false }} activeProps={CURRENT}>
          {t('certification.title')}
        </Link>
        {powers.has('decisions.search') && (
          <Link to="/people/access" search={{}} activeOptions={{ includeSearch: false }} activeProps={CURRENT}>
            {t('access.title')}
          </Link>
        )}
      </PartNav>
      {children}
    </>
  )
}

const CURRENT = { 'aria-current': 'page' } as const
