import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { patiently } from './api/connection'
import { controllerOf, sidesQuery } from './api/queries/holdings'
import { powersQuery } from './api/queries/powers'
import { setupQuery } from './api/queries/setup'
import { queryClient } from './api/query-client'
import { sessionQuery } from './api/session'
import { places as holdingPlaces } from './holdings/places'
import { MyShell } from './my/MyShell'
import { type Conditions, conditionsOf } from './records/filter'
import { places } from './settings/places'
import { Crashed, NotThere } from './shell/Lost'
import { Shell } from './shell/Shell'

const root = createRootRoute({ notFoundComponent: NotThere })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { to?: string } => ({ to: inside(search.to) }),
  component: page(() => import('./session/SignInPage'), 'SignInPage'),
})

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/set-up',
  component: page(() => import('./session/SetUpLinkPage'), 'SetUpLinkPage'),
})

/** Everything that takes somebody who is signed in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery)
    if (!session) throw redirect({ to: '/sign-in', search: { to: inside(location.href) } })
    // Who has left has nothing to look for anywhere else.
    if (session.reach === 'own_data') throw redirect({ to: '/my' })
    return { session }
  },
})

/** One's own data: a frame of its own, also for those who have left. */
const myShell = createRoute({
  getParentRoute: () => root,
  id: 'own',
  component: MyShell,
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery)
    if (!session) throw redirect({ to: '/sign-in', search: { to: inside(location.href) } })
    return { session }
  },
})

const my = createRoute({
  getParentRoute: () => myShell,
  path: '/my',
  beforeLoad: ({ location, context }) => {
    if (location.pathname.replace(/\/$/, '') !== '/my') return
    throw redirect({ to: context.session.reach === 'own_data' ? '/my/left' : '/my/organisation', replace: true })
  },
})

const myParts = [
  createRoute({
    getParentRoute: () => my,
    path: '/mine',
    component: page(() => import('./my/DataPage'), 'MinePage'),
  }),
  createRoute({
    getParentRoute: () => my,
    path: '/organisation',
    component: page(() => import('./my/DataPage'), 'OrganisationPage'),
  }),
  createRoute({
    getParentRoute: () => my,
    path: '/left',
    component: page(() => import('./my/LeftPage'), 'LeftPage'),
  }),
  createRoute({
    getParentRoute: () => my,
    path: '/accesses',
    component: page(() => import('./my/AccessesPage'), 'AccessesPage'),
  }),
  createRoute({
    getParentRoute: () => my,
    path: '/contests',
    component: page(() => import('./my/ContestsPage'), 'ContestsPage'),
  }),
  createRoute({
    getParentRoute: () => my,
    path: '/consents',
    component: page(() => import('./my/ConsentsPage'), 'ConsentsPage'),
  }),
  createRoute({
    getParentRoute: () => my,
    path: '/notice',
    component: page(() => import('./my/NoticePage'), 'NoticePage'),
  }),
]

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: async ({ context }) => {
    // Who administers nothing comes for what is their own.
    if (context.session.roles.every((role) => role === 'employee')) throw redirect({ to: '/my' })
    // Whoever can set the organisation up begins there, until it is done.
    const { acts } = await queryClient.ensureQueryData(powersQuery)
    const guide = acts.includes('tenant.settings') ? await queryClient.ensureQueryData(setupQuery) : null
    throw redirect({ to: guide && !guide.done ? '/guide' : '/inbox' })
  },
})

const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/inbox',
  validateSearch: (search): { tab?: 'waiting' | 'done'; card?: string } => ({
    tab: oneOf(search.tab, ['waiting', 'done'] as const),
    card: text(search.card),
  }),
  component: page(() => import('./inbox/InboxPage'), 'InboxPage'),
})

const guide = createRoute({
  getParentRoute: () => shell,
  path: '/guide',
  component: page(() => import('./setup/GuidePage'), 'GuidePage'),
})

const departures = createRoute({
  getParentRoute: () => shell,
  path: '/departures',
  validateSearch: (search: Record<string, unknown>): { state?: string; view?: 'calendar'; month?: string } => ({
    state: text(search.state),
    view: oneOf(search.view, ['calendar'] as const),
    month: typeof search.month === 'string' && /^\d{4}-\d{2}$/.test(search.month) ? search.month : undefined,
  }),
  component: page(() => import('./departures/DepartureListPage'), 'DepartureListPage'),
})

const departure = createRoute({
  getParentRoute: () => shell,
  path: '/departures/$id',
  validateSearch: (search): { line?: string } => ({ line: text(search.line) }),
  component: page(() => import('./departures/DeparturePage'), 'DeparturePage'),
})

const certificate = createRoute({
  getParentRoute: () => shell,
  path: '/departures/$id/certificate',
  component: page(() => import('./departures/CertificatePage'), 'CertificatePage'),
})

const records = createRoute({
  getParentRoute: () => shell,
  path: '/records',
  validateSearch: (
    search: Record<string, unknown>,
  ): Conditions & { open?: number; live?: true; by?: 'act'; export?: true } => ({
    ...conditionsOf(search),
    open: typeof search.open === 'number' && search.open >= 0 ? search.open : undefined,
    live: search.live === true ? true : undefined,
    by: oneOf(search.by, ['act'] as const),
    export: search.export === true ? true : undefined,
  }),
  component: page(() => import('./records/RecordsPage'), 'RecordsPage'),
})

const instructions = createRoute({
  getParentRoute: () => shell,
  path: '/instructions',
  validateSearch: (
    search: Record<string, unknown>,
  ): { state?: string; kind?: string; view?: 'calendar'; month?: string } => ({
    state: text(search.state),
    kind: text(search.kind),
    view: oneOf(search.view, ['calendar'] as const),
    month: typeof search.month === 'string' && /^\d{4}-\d{2}$/.test(search.month) ? search.month : undefined,
  }),
  component: page(() => import('./instructions/InstructionListPage'), 'InstructionListPage'),
})

const newInstruction = createRoute({
  getParentRoute: () => shell,
  path: '/instructions/new',
  validateSearch: (search): { kind?: 'exceptional' | 'order' } => ({
    kind: oneOf(search.kind, ['exceptional', 'order'] as const),
  }),
  component: page(() => import('./instructions/NewInstructionPage'), 'NewInstructionPage'),
})

const instruction = createRoute({
  getParentRoute: () => shell,
  path: '/instructions/$id',
  component: page(() => import('./instructions/InstructionPage'), 'InstructionPage'),
})

const holdings = createRoute({
  getParentRoute: () => shell,
  path: '/holdings',
  validateSearch: (search): { q?: string } => ({ q: typed(search.q) }),
  beforeLoad: async () => {
    const { acts } = await queryClient.ensureQueryData(powersQuery)
    if (acts.includes('holdings.read')) return
    const next = holdingPlaces.find((p) => acts.includes(p.needs))
    if (next) throw redirect({ to: next.to })
  },
  component: page(() => import('./holdings/HoldingsPage'), 'HoldingsPage'),
})

const holdingsOf = createRoute({
  getParentRoute: () => shell,
  path: '/holdings/of/$subject',
  validateSearch: (
    search: Record<string, unknown>,
  ): {
    control?: 'organisation' | 'person' | 'unsettled'
    class?: string
    holding?: string
    panel?: 'control' | 'instruction' | 'seen' | 'retention' | 'proof'
  } => ({
    control: oneOf(search.control, ['organisation', 'person', 'unsettled'] as const),
    class: text(search.class),
    holding: text(search.holding),
    panel: oneOf(search.panel, ['control', 'instruction', 'seen', 'retention', 'proof'] as const),
  }),
  loaderDeps: ({ search }) => ({ cls: search.class, control: search.control }),
  // Side by side with the classes and the page itself, not after them. Not for a hand that only passes over a link: whoever
  // looks leaves a record.
  loader: ({ cause, params, deps: { cls, control } }) => {
    if (cause === 'preload' || !cls) return
    void queryClient.prefetchInfiniteQuery(sidesQuery(params.subject, cls, controllerOf(control)))
  },
  component: page(() => import('./holdings/PersonHoldingsPage'), 'PersonHoldingsPage'),
})

const unsettled = createRoute({
  getParentRoute: () => shell,
  path: '/holdings/unsettled',
  validateSearch: (search): { state?: 'settled'; question?: string } => ({
    state: oneOf(search.state, ['settled'] as const),
    question: text(search.question),
  }),
  component: page(() => import('./holdings/UnsettledPage'), 'UnsettledPage'),
})

const holds = createRoute({
  getParentRoute: () => shell,
  path: '/holdings/holds',
  validateSearch: (search): { place?: string } => ({ place: text(search.place) }),
  component: page(() => import('./holdings/HoldsPage'), 'HoldsPage'),
})

const people = createRoute({
  getParentRoute: () => shell,
  path: '/people',
  validateSearch: (
    search: Record<string, unknown>,
  ): { q?: string; state?: string; within?: string; role?: string; import?: true } => ({
    q: typed(search.q),
    state: text(search.state),
    within: text(search.within),
    role: text(search.role),
    import: search.import === true ? true : undefined,
  }),
  component: page(() => import('./people/PeoplePage'), 'PeoplePage'),
})

const rolesRoute = createRoute({
  getParentRoute: () => shell,
  path: '/people/roles',
  validateSearch: (search: Record<string, unknown>): { role?: string; over?: true; against?: string } => ({
    role: text(search.role),
    over: search.over === true ? true : undefined,
    against: text(search.against),
  }),
  component: page(() => import('./people/RolesPage'), 'RolesPage'),
})

const certification = createRoute({
  getParentRoute: () => shell,
  path: '/people/certification',
  validateSearch: (search: Record<string, unknown>): { list?: string; state?: string; role?: string } => ({
    list: text(search.list),
    state: text(search.state),
    role: text(search.role),
  }),
  component: page(() => import('./people/CertificationPage'), 'CertificationPage'),
})

const access = createRoute({
  getParentRoute: () => shell,
  path: '/people/access',
  validateSearch: (
    search: Record<string, unknown>,
  ): { class?: string; holding?: string; member?: string; operation?: string; purpose?: string } => ({
    class: text(search.class),
    holding: text(search.holding),
    member: text(search.member),
    operation: text(search.operation),
    purpose: text(search.purpose),
  }),
  component: page(() => import('./people/AccessPage'), 'AccessPage'),
})

const member = createRoute({
  getParentRoute: () => shell,
  path: '/people/$id',
  component: page(() => import('./people/MemberPage'), 'MemberPage'),
})

const cases = createRoute({
  getParentRoute: () => shell,
  path: '/cases',
  validateSearch: (search: Record<string, unknown>): { state?: string; case?: string } => ({
    state: text(search.state),
    case: text(search.case),
  }),
  component: page(() => import('./cases/CaseListPage'), 'CaseListPage'),
})

const contests = createRoute({
  getParentRoute: () => shell,
  path: '/contests',
  validateSearch: (search): { state?: 'all' } => ({ state: oneOf(search.state, ['all'] as const) }),
  component: page(() => import('./contests/ContestListPage'), 'ContestListPage'),
})

const packs = createRoute({
  getParentRoute: () => shell,
  path: '/packs',
  validateSearch: (search: Record<string, unknown>): { part?: string; q?: string; with?: string } => ({
    part: text(search.part),
    q: text(search.q),
    with: text(search.with),
  }),
  component: page(() => import('./packs/PackPage'), 'PackPage'),
})

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  beforeLoad: async ({ location }) => {
    if (location.pathname !== '/settings') return
    const { acts } = await queryClient.ensureQueryData(powersQuery)
    throw redirect({ to: places.find((p) => p.needs === null || acts.includes(p.needs))?.to ?? '/settings/sessions' })
  },
})

const settingsParts = [
  createRoute({
    getParentRoute: () => settings,
    path: '/organisation',
    component: page(() => import('./settings/OrganisationPage'), 'OrganisationPage'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/sources',
    component: page(() => import('./settings/SourcesPage'), 'SourcesPage'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/messages',
    validateSearch: (search): { state?: string; message?: string } => ({
      state: text(search.state),
      message: text(search.message),
    }),
    component: page(() => import('./settings/MessagesPage'), 'MessagesPage'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/connectors',
    validateSearch: (search): { connector?: string; inventory?: string } => ({
      connector: text(search.connector),
      inventory: text(search.inventory),
    }),
    component: page(() => import('./settings/ConnectorsPage'), 'ConnectorsPage'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/keys',
    component: page(() => import('./settings/KeysPage'), 'KeysPage'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/health',
    component: page(() => import('./settings/HealthPage'), 'HealthPage'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/sessions',
    component: page(() => import('./settings/SessionsPage'), 'SessionsPage'),
  }),
]

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    setUp,
    myShell.addChildren([my.addChildren(myParts)]),
    shell.addChildren([
      home,
      inbox,
      guide,
      departures,
      departure,
      certificate,
      instructions,
      newInstruction,
      instruction,
      people,
      rolesRoute,
      certification,
      access,
      member,
      holdings,
      holdingsOf,
      unsettled,
      holds,
      cases,
      records,
      contests,
      packs,
      settings.addChildren(settingsParts),
    ]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: Crashed,
  defaultPendingMinMs: 0,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** A page that is fetched when somebody goes there. While the server is gone, the click waits for it as every other does. */
function page<T extends Record<string, unknown>, K extends keyof T & string>(load: () => Promise<T>, name: K) {
  return lazyRouteComponent(() => patiently(load), name)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What somebody typed: digits in an address are read as a number. */
function typed(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : text(value)
}

function oneOf<const T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === value)
}

/** An address of ours to go on to; one that leads elsewhere is dropped. */
function inside(value: unknown): string | undefined {
  const path = text(value)
  return path?.startsWith('/') && !path.startsWith('//') && !path.startsWith('/sign-in') ? path : undefined
}
