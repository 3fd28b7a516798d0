import { useSuspenseQuery } from '@tanstack/react-query'
import { type Session, sessionQuery } from '@/api/session'

/** The session of whoever looks at a page inside the shell, where there always is one. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery)
  if (!data) throw new Error('a page inside the shell was drawn without a session')
  return data
}

/** Whether somebody is here to look and to prove, and for nothing else: an auditor's session changes nothing. */
export function isAuditSession(session: Session): boolean {
  const roles = session.roles.filter((r) => r !== 'employee')
  return roles.length > 0 && roles.every((r) => r === 'auditor')
}
