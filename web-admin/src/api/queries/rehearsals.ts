import { queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import type { components } from '../schema'

export type Rehearsal = components['schemas']['Rehearsal']
export type RehearsedChange = components['schemas']['RehearsedChange']
export type RehearsalSummary = components['schemas']['RehearsalSummary']

/** Looked at this often while it goes on. */
const LOOKS_EVERY_MS = 800

/** Begins a rehearsal, once for what it was asked with; `turn` grows when it is run again. */
export const beginQuery = (change: RehearsedChange, turn: number) =>
  queryOptions({
    queryKey: ['rehearsals', 'begun', change, turn],
    enabled: turn > 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnReconnect: false,
    queryFn: () => body(api.POST('/api/v1/rehearsals', { body: { change } })),
  })

/** One rehearsal, as far as it has come. */
export const rehearsalQuery = (id: string | undefined) =>
  queryOptions({
    queryKey: ['rehearsals', 'one', id],
    enabled: id !== undefined,
    queryFn: () => body(api.GET('/api/v1/rehearsals/{id}', { params: { path: { id: id ?? '' } } })),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? LOOKS_EVERY_MS : false),
  })

/** The latest rehearsals of an instruction: of the yes that it waits or waited for, and of its end. */
export const rehearsalsOfQuery = (instruction: string, enabled: boolean) =>
  queryOptions({
    queryKey: ['instructions', instruction, 'rehearsals'],
    enabled,
    queryFn: () => body(api.GET('/api/v1/instructions/{id}/rehearsals', { params: { path: { id: instruction } } })),
    refetchInterval: (query) => (query.state.data?.some((r) => r.state === 'running') ? LOOKS_EVERY_MS : false),
  })
