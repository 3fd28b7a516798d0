import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { inboxCountsQuery } from '@/api/queries/inbox'
import { usePowers } from '@/api/queries/powers'
import { STEPS, setupQuery, stepsMissing } from '@/api/queries/setup'
import { useHeld } from '@/inbox/held'
import { isAuditSession, useSession } from '@/session/useSession'
import { number } from '@/ui/format'
import { AccountMenu } from './AccountMenu'
import css from './Navigation.module.css'
import { sections } from './sections'

const isMac = navigator.userAgent.includes('Mac')

/** Where one can go: only what the person's roles let them read is listed. */
export function Navigation({ open, onToggle, onFind }: { open: boolean; onToggle: () => void; onFind: () => void }) {
  const { t } = useTranslation()
  const session = useSession()
  const powers = usePowers()
  const shown = sections.filter((s) => s.needs === null || powers.has(s.needs))
  return (
    <nav className={css.nav} aria-label={t('shell.navigation')} data-open={open}>
      <div className={css.top}>
        <Link to="/" className={css.house} title={session.tenant.name}>
          <span className={css.mark} aria-hidden />
          <span className={css.name}>{session.tenant.name}</span>
        </Link>
        {!open && powers.has('instructions.read') && <Waiting />}
        <button type="button" className={css.toggle} aria-expanded={open} onClick={onToggle}>
          {t('shell.menu')}
        </button>
      </div>
      {isAuditSession(session) && <p className={css.audit}>{t('records.auditSession')}</p>}
      <div className={css.body}>
        <button type="button" className={css.find} onClick={onFind}>
          <span>{t('shell.find')}</span>
          <kbd>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
        </button>
        <ul className={css.list}>
          {powers.has('tenant.settings') && <SetUpEntry />}
          {shown.map((s) => (
            <li key={s.to} data-apart={s.apart}>
              <Link to={s.to} className={css.link} activeProps={{ 'aria-current': 'page' }}>
                {t(s.label)}
                {s.to === '/inbox' && <Badge />}
              </Link>
            </li>
          ))}
        </ul>
        <AccountMenu />
      </div>
    </nav>
  )
}

/** How much waits, without what was decided this very moment; nothing where nothing does. */
function useWaiting(): { n: number; shown: string } | null {
  const { t } = useTranslation()
  const { data: counts } = useQuery(inboxCountsQuery)
  const held = useHeld()
  const n = (counts?.open ?? 0) - held.filter((h) => h.state !== 'failed').reduce((sum, h) => sum + h.cards.length, 0)
  if (!counts || n <= 0) return null
  return { n, shown: n >= counts.counted_to ? t('inbox.counted', { n: number(counts.counted_to) }) : number(n) }
}

function Badge() {
  const { t } = useTranslation()
  const waiting = useWaiting()
  if (!waiting) return null
  return (
    <span className={css.badge}>
      <span aria-hidden>{waiting.shown}</span>
      <span className="sr-only">{t('inbox.badge', { count: waiting.n, n: waiting.shown })}</span>
    </span>
  )
}

/** Where the menu is folded away, what waits shows beside its button. */
function Waiting() {
  const { t } = useTranslation()
  const waiting = useWaiting()
  if (!waiting) return null
  return (
    <Link to="/inbox" className={css.waiting}>
      {t('shell.inbox')} <Badge />
    </Link>
  )
}

/** The way to the set-up, for as long as it is not done. */
function SetUpEntry() {
  const { t } = useTranslation()
  const { data: guide } = useQuery(setupQuery)
  if (!guide || guide.done) return null
  return (
    <li>
      <Link to="/guide" className={css.link} activeProps={{ 'aria-current': 'page' }}>
        {t('setup.title')}
        <span className={css.badge}>
          {number(STEPS.length - stepsMissing(guide).length)}/{number(STEPS.length)}
        </span>
      </Link>
    </li>
  )
}
