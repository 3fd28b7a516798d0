import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type HeldClass = components['schemas']['HeldClass']
export type Side = components['schemas']['SideView']
export type Ruling = components['schemas']['RulingView']
export type Holding = components['schemas']['HoldingView']
export type Why = components['schemas']['WhyView']
export type Kept = components['schemas']['KeptView']
export type KeptReason = components['schemas']['KeptReason']
export type Question = components['schemas']['QuestionView']
export type Hold = components['schemas']['HoldView']
export type Revealed = components['schemas']['Revealed']

const key = {
  all: ['holdings'] as const,
  one: (id: string) => ['holdings', 'one', id] as const,
  questions: ['holdings', 'questions'] as const,
  holds: ['holdings', 'holds'] as const,
}

const PAGE = 100

/** What is held about somebody, class by class. */
export const heldClassesQuery = (subject: string) =>
  queryOptions({
    queryKey: ['holdings', 'classes', subject],
    queryFn: () => body(api.GET('/api/v1/holdings/classes', { params: { query: { subject } } })),
  })

/** The sides of one class. */
/** What the server is asked for: what is not settled is treated as the person's. */
export const controllerOf = (control: 'organisation' | 'person' | 'unsettled' | undefined) =>
  control === 'unsettled' ? 'person' : control

export const sidesQuery = (subject: string, cls: string, controller?: string) =>
  infiniteQueryOptions({
    queryKey: ['holdings', 'sides', subject, cls, controller],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      body(
        api.GET('/api/v1/holdings', {
          params: { query: { subject, class: cls, controller, cursor: pageParam, limit: PAGE } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const holdingQuery = (id: string) =>
  queryOptions({
    queryKey: key.one(id),
    queryFn: () => body(api.GET('/api/v1/holdings/{id}', { params: { path: { id } } })),
  })

/** May somebody do this to that, and by what? Each answer leaves its record, so it is asked only when somebody asks. */
export const whyQuery = (
  id: string,
  asked: { subject: string; member?: string; operation: string; purpose?: string },
) =>
  queryOptions({
    queryKey: [...key.one(id), 'why', asked],
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    queryFn: () => body(api.GET('/api/v1/holdings/{id}/why', { params: { path: { id }, query: asked } })),
  })

/** Why is it still there, and until when? */
export const keptQuery = (id: string, subject: string) =>
  queryOptions({
    queryKey: [...key.one(id), 'kept', subject],
    queryFn: () => body(api.GET('/api/v1/holdings/{id}/kept', { params: { path: { id }, query: { subject } } })),
  })

/** Under which instructions in force something may be processed. */
export const permittingQuery = (by: { class?: string; subject?: string; member?: string }) =>
  queryOptions({
    queryKey: ['instructions', 'permitting', by],
    staleTime: 60_000,
    queryFn: () => body(api.GET('/api/v1/instructions/permitting', { params: { query: by } })),
  })

export const questionsQuery = (state: 'open' | 'settled') =>
  infiniteQueryOptions({
    queryKey: [...key.questions, state],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/rulings/unsettled', { params: { query: { state, cursor: pageParam, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const questionQuery = (id: string) =>
  queryOptions({
    queryKey: [...key.questions, 'one', id],
    queryFn: () => body(api.GET('/api/v1/rulings/unsettled/{id}', { params: { path: { id } } })),
  })

export const holdsQuery = queryOptions({
  queryKey: key.holds,
  queryFn: () => body(api.GET('/api/v1/holds')),
})

async function changed() {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: key.all }),
    queryClient.invalidateQueries({ queryKey: ['inbox'] }),
    queryClient.invalidateQueries({ queryKey: ['instructions'] }),
  ])
}

export const settleQuestion = mutationOptions({
  mutationFn: ({ id, ...word }: { id: string; controller: 'organisation' | 'person'; reason: string }) =>
    body(api.POST('/api/v1/rulings/unsettled/{id}/settle', { params: { path: { id } }, body: word })),
  onSuccess: changed,
})

export const placeHold = mutationOptions({
  mutationFn: (hold: { subject_id?: string; class_pattern?: string; reason: string }) =>
    body(api.POST('/api/v1/holds', { body: hold })),
  onSuccess: changed,
})

export const endHold = mutationOptions({
  mutationFn: ({ id, reason }: { id: string; reason: string }) =>
    body(api.POST('/api/v1/holds/{id}/end', { params: { path: { id } }, body: { reason } })),
  onSuccess: changed,
})

/** What was revealed stays nowhere: not in the cache either. */
export const revealContent = mutationOptions({
  gcTime: 0,
  mutationFn: ({ id, ...asked }: { id: string; field?: string; purpose: string; reason: string }) =>
    body(api.POST('/api/v1/holdings/{id}/reveal', { params: { path: { id } }, body: asked })),
})

/** Asks, for oneself, for what was refused. */
export const requestAccess = mutationOptions({
  mutationFn: (asked: { holding: string; operation: string; purpose: string; reason: string }) =>
    body(api.POST('/api/v1/access-requests', { body: asked })),
  onSuccess: changed,
})
