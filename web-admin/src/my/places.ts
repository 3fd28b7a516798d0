/** The places of one's own data, in the order of the navigation. */
export const myPlaces = [
  { to: '/my/left', label: 'my.places.left', who: 'left' },
  { to: '/my/organisation', label: 'my.places.organisation', who: 'all' },
  { to: '/my/mine', label: 'my.places.mine', who: 'all' },
  { to: '/my/accesses', label: 'my.places.accesses', who: 'all' },
  { to: '/my/contests', label: 'my.places.contests', who: 'all' },
  { to: '/my/consents', label: 'my.places.consents', who: 'all' },
  { to: '/my/notice', label: 'my.places.notice', who: 'all' },
] as const
