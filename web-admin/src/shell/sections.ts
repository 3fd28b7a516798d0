/** The console's places, in the order of the navigation and of the palette. */
export const sections = [
  { to: '/inbox', label: 'shell.inbox', needs: 'instructions.read', apart: false },
  { to: '/departures', label: 'shell.departures', needs: 'departures.read', apart: false },
  { to: '/instructions', label: 'instructions.title', needs: 'instructions.read', apart: false },
  { to: '/people', label: 'people.title', needs: 'members.read', apart: false },
  { to: '/holdings', label: 'holdings.title', needs: 'rulings.read', apart: false },
  { to: '/cases', label: 'cases.title', needs: 'self.cases', apart: false },
  { to: '/contests', label: 'contests.title', needs: 'contests.read', apart: false },
  { to: '/records', label: 'records.one', needs: 'records.read', apart: false },
  { to: '/packs', label: 'packs.title', needs: 'packs.read', apart: true },
  { to: '/settings', label: 'shell.settings', needs: null, apart: false },
] as const

export type Section = (typeof sections)[number]
