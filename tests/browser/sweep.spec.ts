import { asProgram } from './place'
import { type House, look, type Role, type Screen, Somebody } from './words'

/** Between them each width, each language and each scheme. */
const SCREENS = [
  { width: 1440, language: 'zh-CN', scheme: 'light' },
  { width: 1024, language: 'en', scheme: 'dark' },
  { width: 390, language: 'en', scheme: 'light' },
] as const satisfies Screen[]

/** Every address of the console, with somebody who sees the most there. */
const PLACES: Partial<Record<Role, string[]>> = {
  primary_admin: [
    '/guide',
    '/people',
    '/people/roles',
    '/people/certification',
    '/people/MEMBER',
    '/cases',
    '/settings/organisation',
    '/settings/sources',
    '/settings/messages',
    '/settings/connectors',
    '/settings/health',
    '/settings/sessions',
  ],
  security_admin: ['/instructions/new', '/settings/keys'],
  privacy_officer: [
    '/inbox',
    '/instructions',
    '/instructions/INSTRUCTION',
    '/contests?state=all',
    '/holdings',
    '/holdings/of/SUBJECT',
    '/holdings/unsettled',
    '/holdings/holds',
    '/people/access?class=attendance.clock_in',
  ],
  hr_admin: ['/departures', '/departures/DEPARTURE', '/departures/DEPARTURE/certificate'],
  auditor: ['/records', '/packs'],
  employee: ['/my/organisation', '/my/mine', '/my/accesses', '/my/contests', '/my/consents', '/my/notice'],
  leaver: ['/my/left'],
}

for (const [role, places] of Object.entries(PLACES) as [Role, string[]][]) {
  look(`every page of ${role} is in order at every width, in both languages and both schemes`, async (house) => {
    const names = await named(house)
    const one = await Somebody.signedIn(house, role, SCREENS[0])
    const others = await Promise.all(SCREENS.slice(1).map((screen) => one.again(screen)))
    await Promise.all(
      [one, ...others].map(async (who) => {
        for (const place of places) await walks(who, place, names)
      }),
    )
  })
}

look('what is seen outside, and where nothing is, is in order', async (house) => {
  for (const screen of SCREENS) {
    const somebody = await Somebody.at(house, screen)
    for (const place of ['/sign-in', '/set-up#token=none', '/nowhere']) await walks(somebody, place, {})
  }
})

/** What the names in an address stand for in this house. */
async function named(house: House): Promise<Record<string, string>> {
  const privacy = await asProgram(house, 'privacy_officer')
  const first = async (path: string) => (await privacy('GET', path)).items[0] ?? {}
  const [member, instruction] = [await first('/members?q=A0005'), await first('/instructions')]
  return {
    MEMBER: member.id ?? '',
    SUBJECT: member.subject_id ?? '',
    INSTRUCTION: instruction.id ?? '',
    DEPARTURE: house.departure.id,
  }
}

/** Goes there, waits until it stands, and looks at it. */
async function walks(who: Somebody, place: string, names: Record<string, string>) {
  await who.goesTo(place.replace(/[A-Z]{3,}/, (name) => names[name] ?? name))
  await who.page.getByRole('status', { name: /^(正在加载|Loading)/ }).first().waitFor({ state: 'detached' })
  await who.takesAPicture(`sweep${place.toLowerCase().replace(/[^a-z]+/g, '-')}`, false)
  await who.findsThePageInOrder()
}
