/** The console's places, in the order of the navigation and of the palette. */
export const sections = [
  { to: '/inbox', label: 'shell.inbox', needs: 'instructions.read', apart: false },
  { to: '/departures', label: 'shell.departures', needs: 'departures.read', apart: false },
  { to: '/settings', label: 'shell.settings', needs: null, apart: true },
] as const

export type Section = (typeof sections)[number]
