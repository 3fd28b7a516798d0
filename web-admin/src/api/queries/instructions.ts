import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type Instruction = components['schemas']['InstructionView']
export type InstructionState = components['schemas']['InstructionState']
export type InstructionKind = components['schemas']['InstructionKind']
export type InstructionUse = components['schemas']['InstructionUse']
export type Ending = components['schemas']['EndingView']
export type NewInstruction = components['schemas']['NewInstruction']
export type Reach = components['schemas']['Reach']
export type Scope = components['schemas']['Scope']

const key = {
  all: ['instructions'] as const,
  one: (id: string) => ['instructions', id] as const,
}

export const instructionsQuery = (filter: { state?: InstructionState; kind?: InstructionKind }) =>
  infiniteQueryOptions({
    queryKey: ['instructions', 'list', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/instructions', { params: { query: { ...filter, cursor: pageParam, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** The latest few, to be found by purpose: the palette never reads more. */
export const instructionsBriefly = queryOptions({
  queryKey: [...key.all, 'briefly'],
  staleTime: 60_000,
  queryFn: async () => (await body(api.GET('/api/v1/instructions', { params: { query: { limit: 100 } } }))).items,
})

export const instructionQuery = (id: string) =>
  queryOptions({
    queryKey: key.one(id),
    queryFn: () => body(api.GET('/api/v1/instructions/{id}', { params: { path: { id } } })),
  })

/** How often it was used, and by whom last. */
export const useOfQuery = (id: string) =>
  queryOptions({
    queryKey: [...key.one(id), 'use'],
    queryFn: () => body(api.GET('/api/v1/instructions/{id}/use', { params: { path: { id } } })),
  })

export const endingsQuery = (since: string, until: string) =>
  queryOptions({
    queryKey: ['instructions', 'endings', since, until],
    queryFn: () => body(api.GET('/api/v1/instructions/endings', { params: { query: { since, until } } })),
  })

/** What an instruction would be and touch, as it stands in the editor. Asked once what is written has stood still. */
export const previewQuery = (draft: NewInstruction, enabled: boolean) =>
  queryOptions({
    queryKey: ['instructions', 'preview', draft],
    enabled,
    staleTime: 60_000,
    retry: false,
    queryFn: () => body(api.POST('/api/v1/instructions/preview', { body: draft })),
  })

export type Side = components['schemas']['SideView']

/** What of one person's can be corrected: as much of it as somebody looks through. */
export const correctableQuery = (subject: string) =>
  queryOptions({
    queryKey: ['instructions', 'correctable', subject],
    enabled: subject !== '',
    staleTime: 60_000,
    queryFn: async () =>
      (
        await body(
          api.GET('/api/v1/holdings', { params: { query: { subject, controller: 'organisation', limit: 200 } } }),
        )
      ).items.filter((side) => side.holding_state === 'held'),
  })

async function changed() {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: key.all }),
    queryClient.invalidateQueries({ queryKey: ['inbox'] }),
    queryClient.invalidateQueries({ queryKey: ['departures'] }),
  ])
}

export const proposeInstruction = mutationOptions({
  mutationFn: (draft: NewInstruction) => body(api.POST('/api/v1/instructions', { body: draft })),
  onSuccess: changed,
})

export const approveInstruction = mutationOptions({
  mutationFn: ({ id, reason }: { id: string; reason?: string }) =>
    body(api.POST('/api/v1/instructions/{id}/approve', { params: { path: { id } }, body: { reason } })),
  onSuccess: changed,
})

export const refuseInstruction = mutationOptions({
  mutationFn: ({ id, reason }: { id: string; reason: string }) =>
    body(api.POST('/api/v1/instructions/{id}/refuse', { params: { path: { id } }, body: { reason } })),
  onSuccess: changed,
})

export const revokeInstruction = mutationOptions({
  mutationFn: ({ id, reason }: { id: string; reason: string }) =>
    body(api.POST('/api/v1/instructions/{id}/revoke', { params: { path: { id } }, body: { reason } })),
  onSuccess: changed,
})
