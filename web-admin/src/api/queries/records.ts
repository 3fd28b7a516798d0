import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import type { components, operations } from '../schema'

export type AccessRecord = components['schemas']['RecordView']
export type Checkpoint = components['schemas']['CheckpointView']
export type Volume = components['schemas']['VolumeView']
/** Which records, in the API's own words. */
export type RecordFilter = Omit<NonNullable<operations['list_records']['parameters']['query']>, 'limit' | 'cursor'>

const PAGE = 100
/** While the list is live, the seal is looked at again. */
const FOLLOW_MS = 10_000

export const recordsQuery = (filter: RecordFilter) =>
  infiniteQueryOptions({
    queryKey: ['records', 'list', filter],
    initialPageParam: undefined as string | undefined,
    // What has been sealed does not change: a page that was read is never read again, and each read leaves a record.
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/records', { params: { query: { ...filter, cursor: pageParam, limit: PAGE } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const recordQuery = (seq: number) =>
  queryOptions({
    queryKey: ['records', 'one', seq],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => body(api.GET('/api/v1/records/{seq}', { params: { path: { seq } } })),
  })

export const checkpointQuery = (live: boolean) =>
  queryOptions({
    queryKey: ['records', 'checkpoint'],
    queryFn: () => body(api.GET('/api/v1/ledger/checkpoint')),
    refetchInterval: live ? FOLLOW_MS : false,
  })

export const volumeQuery = (filter: RecordFilter, by: 'day' | 'hour') =>
  queryOptions({
    queryKey: ['records', 'volume', by, filter],
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    queryFn: () => body(api.GET('/api/v1/records/volume', { params: { query: { ...filter, by } } })),
  })

/** The address of an export; the browser's session opens it. */
export function exportAddress(filter: RecordFilter, format: 'ndjson' | 'csv', includePersonal: boolean): string {
  const query = inWords(filter)
  query.set('format', format)
  if (includePersonal) query.set('include_personal', 'true')
  return `/api/v1/records/export?${query}`
}

/** The address of the records as they are committed. */
export function streamAddress(filter: RecordFilter): string {
  return `/api/v1/records/stream?${inWords(filter)}`
}

function inWords(filter: RecordFilter): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined && value !== null) query.set(name, String(value))
  }
  return query
}
