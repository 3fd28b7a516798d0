import { infiniteQueryOptions, keepPreviousData, mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import { ProblemError, problemOf } from '../problem'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type Certification = components['schemas']['CertificationView']
export type CertificationLine = components['schemas']['CertificationLine']
export type LineState = components['schemas']['CertificationLineState']
export type Verdict = components['schemas']['CertificationVerdict']
export type Separation = components['schemas']['RoleSeparation']
export type PairChecked = components['schemas']['PairChecked']

/** The lists of the last years; there are four a year and some by hand. */
export const certificationsQuery = queryOptions({
  queryKey: ['certifications', 'list'],
  queryFn: async () => (await body(api.GET('/api/v1/certifications', { params: { query: { limit: 50 } } }))).items,
})

export const certificationLinesQuery = (id: string, filter: { state?: LineState; role?: string }) =>
  infiniteQueryOptions({
    queryKey: ['certifications', 'lines', id, filter],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) =>
      body(
        api.GET('/api/v1/certifications/{id}/lines', {
          params: { path: { id }, query: { ...filter, cursor: pageParam, limit: 100 } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** Whether two roles that exclude each other were ever held by one person. */
export const separationQuery = queryOptions({
  queryKey: ['members', 'separation'],
  queryFn: () => body(api.GET('/api/v1/role-separation')),
})

async function changed() {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['certifications'] }),
    queryClient.invalidateQueries({ queryKey: ['members'] }),
    queryClient.invalidateQueries({ queryKey: ['instructions'] }),
    queryClient.invalidateQueries({ queryKey: ['inbox'] }),
  ])
}

export const beginCertification = mutationOptions({
  mutationFn: () => body(api.POST('/api/v1/certifications')),
  onSuccess: changed,
})

export const decideLines = mutationOptions({
  mutationFn: (said: { id: string; lines: string[]; verdict: Verdict; reason: string }) =>
    body(
      api.POST('/api/v1/certifications/{id}/decisions', {
        params: { path: { id: said.id } },
        body: { lines: said.lines, verdict: said.verdict, reason: said.reason },
      }),
    ),
  onSuccess: changed,
})

/** The proof as a file; a refusal is thrown as the problem that it is. */
export async function exportedSeparation(): Promise<Response> {
  const answer = await fetch('/api/v1/role-separation/export')
  if (!answer.ok) throw new ProblemError(await problemOf(answer))
  return answer
}
