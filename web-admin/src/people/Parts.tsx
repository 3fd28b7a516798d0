import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './People.module.css'

/** The way between members and roles. */
export function Parts({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <>
      <nav className={css.parts} aria-label={t('people.parts')}>
        <Link to="/people" search={{}} activeOptions={{ exact: true, includeSearch: false }} activeProps={CURRENT}>
          {t('people.members')}
        </Link>
        <Link to="/people/roles" search={{}} activeOptions={{ includeSearch: false }} activeProps={CURRENT}>
          {t('people.roles')}
        </Link>
      </nav>
      {children}
    </>
  )
}

const CURRENT = { 'aria-current': 'page' } as const
