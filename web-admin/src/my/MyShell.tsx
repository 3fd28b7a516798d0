import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { Button, Dropdown } from 'antd'
import { Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '@/api/connection'
import { signOut } from '@/api/session'
import { chooseLanguage, currentLanguage, languages } from '@/i18n'
import { useSession } from '@/session/useSession'
import { chooseScheme, type SchemeChoice, schemeChoice, useScheme } from '@/theme/scheme'
import { later } from '@/ui/later'
import css from './My.module.css'
import { myPlaces } from './places'

const SignInAgain = later(() => import('@/session/SignInAgain'))
const schemes: SchemeChoice[] = ['system', 'light', 'dark']

/** The frame around one's own data: for a phone first, and for people who come here twice a year. */
export function MyShell() {
  const { t } = useTranslation()
  const session = useSession()
  const connection = useConnection()
  const hasLeft = session.reach === 'own_data'
  const list = useRef<HTMLUListElement>(null)
  const path = useRouterState({ select: (s) => s.location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place is the one to be seen
  useEffect(() => {
    list.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ inline: 'center', block: 'nearest' })
  }, [path])
  const places = myPlaces.filter((p) => p.who === 'all' || (p.who === 'left') === hasLeft)
  return (
    <div className={css.shell}>
      <header>
        <div className={css.head}>
          <Link to="/my" className={css.house}>
            <strong>{t('my.title')}</strong>
            <span>
              {session.tenant.name}
              {session.name ? ` · ${session.name}` : ''}
            </span>
          </Link>
          <Account />
        </div>
        {hasLeft && <p className={css.banner}>{t('my.leftBanner', { tenant: session.tenant.name })}</p>}
        {!connection.reachable && (
          <p className={css.banner} data-tone="danger" role="status">
            {t('shell.unreachable')}
          </p>
        )}
      </header>
      <nav aria-label={t('my.navigation')}>
        <ul className={css.places} ref={list}>
          {places.map((p) => (
            <li key={p.to}>
              <Link to={p.to} activeProps={{ 'aria-current': 'page' }}>
                {t(p.label)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Outlet />
      <Suspense>{connection.signedOut && <SignInAgain />}</Suspense>
    </div>
  )
}

function Account() {
  const { t } = useTranslation()
  const session = useSession()
  const navigate = useNavigate()
  useScheme()
  const isAdmin = session.roles.some((r) => r !== 'employee')
  const items = [
    ...(isAdmin ? [{ key: 'console', label: t('my.console') }, { type: 'divider' as const }] : []),
    {
      type: 'group' as const,
      label: t('shell.language'),
      children: languages.map((l) => ({ key: `language:${l}`, label: t(`shell.languages.${l}`) })),
    },
    {
      type: 'group' as const,
      label: t('shell.colours'),
      children: schemes.map((s) => ({ key: `scheme:${s}`, label: t(`shell.schemes.${s}`) })),
    },
    { type: 'divider' as const },
    { key: 'sign-out', label: t('shell.signOut') },
  ]
  const onPick = async (key: string) => {
    const [kind, value] = key.split(':')
    const language = languages.find((l) => l === value)
    const scheme = schemes.find((s) => s === value)
    if (kind === 'language' && language) await chooseLanguage(language)
    else if (kind === 'scheme' && scheme) chooseScheme(scheme)
    else if (kind === 'console') await navigate({ to: '/inbox' })
    else {
      await signOut()
      await navigate({ to: '/sign-in' })
    }
  }
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items,
        selectedKeys: [`language:${currentLanguage()}`, `scheme:${schemeChoice()}`],
        onClick: ({ key }) => void onPick(key),
      }}
    >
      <Button aria-haspopup="menu">{t('my.account')}</Button>
    </Dropdown>
  )
}
