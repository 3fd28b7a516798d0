import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '../client'
import { queryClient } from '../query-client'
import type { components } from '../schema'

export type Connector = components['schemas']['Connector']
export type CreatedConnector = components['schemas']['CreatedConnector']
export type Inventory = components['schemas']['Inventory']
export type InventoryState = 'asked' | 'counting' | 'closed'

const key = {
  connectors: ['connectors'] as const,
  // A connector comes with a key of its own.
  keys: ['api-keys'] as const,
  of: (connector: string) => ['connectors', connector, 'inventories'] as const,
}

const stale = (...keys: (readonly string[])[]) =>
  Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })))

/** How often an inventory that is not done is looked at again. */
const AGAIN_MS = 2_000

export const connectorsQuery = queryOptions({
  queryKey: key.connectors,
  queryFn: () => body(api.GET('/api/v1/connectors')),
})

export const createConnector = mutationOptions({
  mutationFn: (connector: { name: string; callback_url: string }) =>
    body(api.POST('/api/v1/connectors', { body: connector })),
  onSuccess: () => stale(key.connectors, key.keys),
})

export const rotateConnector = mutationOptions({
  mutationFn: (id: string) => body(api.POST('/api/v1/connectors/{id}/rotate', { params: { path: { id } } })),
  onSuccess: () => stale(key.connectors, key.keys),
})

export const inventoriesQuery = (connector: string) =>
  infiniteQueryOptions({
    queryKey: key.of(connector),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      body(
        api.GET('/api/v1/connectors/{id}/inventories', {
          params: { path: { id: connector }, query: { cursor: pageParam, limit: 10 } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.items.some((i) => i.state !== 'closed') ? AGAIN_MS : false),
  })

export const inventoryQuery = (connector: string, inventory: string) =>
  queryOptions({
    queryKey: [...key.of(connector), inventory],
    queryFn: () =>
      body(
        api.GET('/api/v1/connectors/{id}/inventories/{inventory}', { params: { path: { id: connector, inventory } } }),
      ),
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'closed' ? AGAIN_MS : false),
  })

export const askInventory = mutationOptions({
  mutationFn: (connector: string) =>
    body(api.POST('/api/v1/connectors/{id}/inventory', { params: { path: { id: connector } } })),
  onSuccess: (asked) => stale(key.of(asked.connector_id)),
})
