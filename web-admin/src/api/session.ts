import { mutationOptions, queryOptions } from '@tanstack/react-query'
import { takeTimeZone } from '@/ui/format'
import { api, body, takeCsrf } from './client'
import { ProblemError } from './problem'
import { queryClient } from './query-client'
import type { components } from './schema'

export type Session = components['schemas']['PresentSession']
export type Choice = components['schemas']['Choice']

export interface Credentials {
  identifier: string
  password: string
  tenant?: string
}

/** Who is signed in here; `null` for nobody. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async (): Promise<Session | null> => {
    try {
      return took(await body(api.GET('/api/v1/session')))
    } catch (error) {
      if (error instanceof ProblemError && error.problem.status === 401) return null
      throw error
    }
  },
})

/** Signs in. Who belongs to several organisations is asked which, and calls again with one. */
export async function signIn(credentials: Credentials): Promise<Session | { choose: Choice[] }> {
  // Whoever has left comes in to what is their own; the routes keep them there.
  const answer = await body(api.POST('/api/v1/session', { body: { ...credentials, own_data: true } }))
  if ('choose' in answer) return answer
  queryClient.setQueryData(sessionQuery.queryKey, took(answer))
  return answer
}

const beforeSignOut = new Set<() => Promise<boolean>>()

/** What has to be done before the session ends. Where it answers no, somebody has to look at something first. */
export function onSignOut(finish: () => Promise<boolean>) {
  beforeSignOut.add(finish)
}

/** Signs out, unless something that was begun could not be finished. Returns whether it did. */
export async function signOut(): Promise<boolean> {
  const finished = await Promise.all([...beforeSignOut].map((finish) => finish()))
  if (finished.includes(false)) return false
  await api.DELETE('/api/v1/session')
  queryClient.clear()
  return true
}

function took(session: Session): Session {
  takeCsrf(session.csrf_token ?? '')
  takeTimeZone(session.tenant.time_zone)
  return session
}

/** What a one-time set-up link is for. */
export const linkQuery = (token: string) =>
  queryOptions({
    queryKey: ['link', token],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => body(api.POST('/api/v1/auth/setup/look', { body: { token } })),
  })

/** Uses a set-up link and goes in. */
export const enterByLink = mutationOptions({
  mutationFn: (link: { token: string; password: string }) =>
    body(api.POST('/api/v1/auth/setup', { body: { ...link, sign_in: true } })),
  onSuccess: ({ session }) => {
    if (session) queryClient.setQueryData(sessionQuery.queryKey, took(session))
  },
})
