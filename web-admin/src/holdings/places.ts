/** The parts of this section, and the power that reads each. */
export const places = [
  { to: '/holdings', key: 'people', needs: 'holdings.read' },
  { to: '/holdings/unsettled', key: 'unsettled', needs: 'rulings.read' },
  { to: '/holdings/holds', key: 'holds', needs: 'holds.read' },
] as const

export type PlaceKey = (typeof places)[number]['key']
