import { Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '@/api/connection'
import { HeldBar } from '@/inbox/HeldBar'
import { isAuditSession, useSession } from '@/session/useSession'
import { isTyping } from '@/ui/keys'
import { ahead, later } from '@/ui/later'
import { Navigation } from './Navigation'
import css from './Shell.module.css'

const SignInAgain = later(() => import('@/session/SignInAgain'))
const palette = () => import('./Palette')
const Palette = later(palette)
const Help = later(() => import('./Help'))
const NearDrawer = later(() => import('@/records/NearDrawer'))

type Overlay = 'palette' | 'help' | 'records' | null

/** The frame around every page: navigation, the palette on Ctrl/⌘-K, help on `?`, and what to do when the server is gone. */
export function Shell() {
  const { t } = useTranslation()
  const connection = useConnection()
  const [overlay, setOverlay] = useState<Overlay>(null)
  const [menuOpen, setMenuOpen] = useState(false)
  const isAudit = isAuditSession(useSession())
  const path = useRouterState({ select: (s) => s.location.pathname })

  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu of the one before
  useEffect(() => setMenuOpen(false), [path])

  // Fetched while nothing else is: who presses Ctrl-K types on at once.
  useEffect(() => {
    const idle = setTimeout(() => ahead(palette), 3_000)
    return () => clearTimeout(idle)
  }, [])

  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if ((e.metaKey || e.ctrlKey) && e.key.toLowerCase() === 'k') {
        e.preventDefault()
        setOverlay((o) => (o === 'palette' ? null : 'palette'))
      } else if (e.key === '?' && !isTyping(e)) {
        setOverlay('help')
      } else if ((e.key === '~' || e.key === '～') && !isTyping(e)) {
        setOverlay((o) => (o === 'records' ? null : 'records'))
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  return (
    <div className={css.shell} data-audit={isAudit}>
      <a href="#main" className={css.skip}>
        {t('shell.skip')}
      </a>
      <Navigation open={menuOpen} onToggle={() => setMenuOpen((o) => !o)} onFind={() => setOverlay('palette')} />
      <div className={css.content}>
        {!connection.reachable && (
          <div className={css.banner} role="status">
            {t('shell.unreachable')}
          </div>
        )}
        <Outlet />
      </div>
      <HeldBar />
      <Suspense>
        {overlay === 'palette' && (
          <Palette
            onClose={() => setOverlay(null)}
            onRecords={() => setOverlay('records')}
            onHelp={() => setOverlay('help')}
          />
        )}
        {overlay === 'records' && <NearDrawer onClose={() => setOverlay(null)} />}
        {overlay === 'help' && <Help onClose={() => setOverlay(null)} />}
        {connection.signedOut && <SignInAgain />}
      </Suspense>
    </div>
  )
}
