/** The parts of the settings, in their order, and the power that reads each; everybody has their own devices. */
export const places = [
  { to: '/settings/organisation', key: 'organisation', needs: 'tenant.settings' },
  { to: '/settings/sources', key: 'sources', needs: 'sources.manage' },
  { to: '/settings/messages', key: 'messages', needs: 'messages.read' },
  { to: '/settings/connectors', key: 'connectors', needs: 'connectors.manage' },
  { to: '/settings/keys', key: 'keys', needs: 'keys.manage' },
  { to: '/settings/health', key: 'health', needs: 'attention.read' },
  { to: '/settings/sessions', key: 'sessions', needs: null },
] as const

export type PlaceKey = (typeof places)[number]['key']
