/**
 * What the console costs the people who open it, measured in Chromium: on the released program and its sample
 * (`node budgets.mjs target/release/tenure`), or in a house that is described as JSON. `make bench` does both. Prints one JSON
 * array of measurements.
 *
 * A load is a new browser context: nothing is cached, the session's cookie apart. What Chromium does not report (an
 * interaction under 16 ms) counts as 16 ms.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const LOADS = 7

const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser']
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

/** In the page, before anything else: what the browser itself measures. */
function watch() {
  const seen = { lcp: 0, fcp: 0, cls: 0, blocked: 0, interaction: 0, rows: 0 }
  globalThis.seen = seen
  new MutationObserver((_, self) => {
    if (document.querySelectorAll('tbody tr[data-index]').length < 5) return
    seen.rows = performance.now()
    self.disconnect()
  }).observe(document, { childList: true, subtree: true })
  const on = (type, see, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true, ...more })
  on('largest-contentful-paint', (e) => {
    seen.lcp = e.startTime
  })
  on('paint', (e) => {
    if (e.name === 'first-contentful-paint') seen.fcp = e.startTime
  })
  on('layout-shift', (e) => {
    if (!e.hadRecentInput) seen.cls += e.value
  })
  on('longtask', (e) => {
    seen.blocked += Math.max(0, e.duration - 50)
  })
  on(
    'event',
    (e) => {
      if (e.interactionId) seen.interaction = Math.max(seen.interaction, e.duration)
    },
    { durationThreshold: 16 },
  )
}

/** Frames that were drawn and the reports about them are in. */
const settled = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100)))))

async function load(browser, options, path, ready) {
  const context = await browser.newContext(options)
  await context.addInitScript(watch)
  const page = await context.newPage()
  await page.goto(path)
  await ready(page)
  await page.waitForLoadState('networkidle')
  const script = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter((e) => new URL(e.name).pathname.endsWith('.js'))
      .reduce((sum, e) => sum + e.encodedBodySize, 0),
  )
  return { context, page, script, seen: await page.evaluate(() => globalThis.seen) }
}

/** The longest that one of the interactions took until its frame was shown. */
async function interaction(page, act) {
  await settled(page)
  await page.evaluate(() => {
    globalThis.seen.interaction = 0
  })
  await act()
  await settled(page)
  return Math.max(16, await page.evaluate(() => globalThis.seen.interaction))
}

/** Wheel turns over what is under the pointer; how long the slowest frames took, as the 95th of a hundred. */
async function scroll(page) {
  await page.mouse.move(960, 650)
  await page.evaluate(() => {
    globalThis.frames = []
    let last = performance.now()
    const frame = (now) => {
      globalThis.frames?.push(now - last)
      last = now
      if (globalThis.frames) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  for (let turn = 0; turn < 40; turn++) await page.mouse.wheel(0, 600)
  await settled(page)
  const frames = await page.evaluate(() => {
    const seen = globalThis.frames.slice(1)
    globalThis.frames = undefined
    return seen.sort((a, b) => a - b)
  })
  return frames[Math.floor(frames.length * 0.95)]
}

async function signIn(browser, options, identifier, password) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  await page.goto('/')
  await page.getByLabel('邮箱或手机号').fill(identifier)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('navigation').first().waitFor()
  const state = await context.storageState()
  await context.close()
  return { ...options, storageState: state }
}

/** The rows that are drawn of a list. */
const ROWS = 'tbody tr[data-index]'
const SCREEN = { locale: 'zh-CN', viewport: { width: 1440, height: 900 } }
const title = (page) => page.getByRole('heading', { level: 1 }).waitFor()

async function onTheSample(house, browser) {
  const options = { ...SCREEN, baseURL: house.base_url }
  const { accounts } = house.organisations[0]
  const as = (role) => signIn(browser, options, accounts[role].identifier, accounts[role].password)
  const [privacy, auditor] = [await as('privacy_officer'), await as('auditor')]
  const inbox = []
  for (let i = 0; i < LOADS; i++) {
    const one = await load(browser, privacy, '/inbox', title)
    inbox.push(one)
    await one.context.close()
  }
  tell('script of the inbox, first load, as sent', 'kB', [inbox[0].script / 1000], 300)
  const each = (name, of, unit, atMost) => tell(`inbox, cold cache: ${name}`, unit, inbox.map((l) => of(l.seen)), atMost)
  each('largest contentful paint', (seen) => seen.lcp, 'ms', 1000)
  each('first contentful paint', (seen) => seen.fcp, 'ms')
  each('blocking time', (seen) => seen.blocked, 'ms')
  each('layout shift', (seen) => 1000 * seen.cls, 'thousandths')

  const opened = []
  for (let i = 0; i < LOADS; i++) {
    const { context, page } = await load(browser, privacy, '/departures', title)
    const row = page.getByRole('row').filter({ hasText: house.departure.staff_number })
    await row.waitFor()
    opened.push(
      await interaction(page, async () => {
        await row.click()
        await page.getByRole('heading', { level: 3 }).first().waitFor()
      }),
    )
    await context.close()
  }
  tell('opening a departure: interaction to next paint', 'ms', opened, 100)
  await filtering(browser, auditor)
}

async function filtering(browser, auditor) {
  const filtered = []
  for (let i = 0; i < LOADS; i++) {
    const { context, page } = await load(browser, auditor, '/records', title)
    const bar = page.getByRole('combobox').first()
    await bar.waitFor()
    filtered.push(
      await interaction(page, async () => {
        await bar.click()
        await page.keyboard.type('action:data.read')
        await page.keyboard.press('Enter')
        await page.waitForURL(/data\.read/)
      }),
    )
    await context.close()
  }
  tell('filtering records of the sample: interaction to next paint', 'ms', filtered, 100)
}

/** Milliseconds from the start of a load until the list stands there, with as many rows as are in view. */
async function firstRows(browser, options, path) {
  const taken = []
  for (let i = 0; i < LOADS; i++) {
    const { context, page } = await load(browser, options, path, title)
    await page.locator(ROWS).nth(5).waitFor()
    taken.push(await page.evaluate(() => globalThis.seen.rows))
    await context.close()
  }
  return taken
}

/** Something is asked of a list: until the next paint, and until it shows the answer. */
async function asked(browser, options, { path, begins, asks, isAnswer }) {
  const [painted, answered] = [[], []]
  for (let i = 0; i < LOADS; i++) {
    const { context, page } = await load(browser, options, path, title)
    await page.locator(ROWS).nth(5).waitFor()
    await begins?.(page)
    await page.evaluate(lookFor, { rows: ROWS, isAnswer })
    painted.push(
      await interaction(page, async () => {
        await asks(page)
        await page.waitForFunction(() => globalThis.shown)
      }),
    )
    answered.push(await page.evaluate(() => globalThis.shown - globalThis.acted))
    await context.close()
  }
  return { painted, answered }
}

/** In the page: from the next key or click until the rows are others, or until each has what tells an answer. */
function lookFor({ rows, isAnswer }) {
  for (const row of document.querySelectorAll(rows)) row.dataset.before = 'true'
  const isNew = (row) => (isAnswer ? row.textContent.includes(isAnswer) : row.dataset.before === undefined)
  const acts = () => {
    globalThis.acted ??= performance.now()
  }
  for (const act of ['keydown', 'pointerdown']) addEventListener(act, acts, { capture: true })
  new MutationObserver((_, self) => {
    const all = [...document.querySelectorAll(rows)]
    if (globalThis.acted === undefined || all.length === 0 || !all.every(isNew)) return
    globalThis.shown = performance.now()
    self.disconnect()
  }).observe(document.body, { childList: true, subtree: true, characterData: true })
}

/** 30,000 people, 200,000 records, and somebody with 100,000 holdings. */
async function atSize(house, browser) {
  const options = { ...SCREEN, baseURL: house.base_url }
  const [privacy, auditor] = [
    await signIn(browser, options, house.privacy, house.password),
    await signIn(browser, options, house.auditor, house.password),
  ]
  const search = (page) => page.getByRole('searchbox').or(page.getByRole('textbox')).first()
  const lists = [
    {
      name: '200,000 records',
      as: auditor,
      path: '/records',
      // What lies behind all that is newer.
      begins: async (page) => {
        await page.getByRole('combobox').first().click()
        await page.keyboard.type('action:members.join')
      },
      asks: (page) => page.keyboard.press('Enter'),
    },
    {
      name: '30,000 people',
      as: privacy,
      path: '/people',
      begins: (page) => search(page).pressSequentially('A2977', { delay: 60 }),
      asks: (page) => page.keyboard.press('7'),
      isAnswer: 'A29777',
    },
    {
      name: '100,000 holdings',
      as: privacy,
      path: `/holdings/of/${house.subject}?class=attendance.clock_in`,
      asks: (page) => page.locator('a[href*="class=approval.record"]').click(),
    },
  ]
  for (const list of lists) {
    const { name, as, path } = list
    tell(`${name}: until the first rows stand there, cold cache`, 'ms', await firstRows(browser, as, path), 1000)
    const { context, page } = await load(browser, as, path, title)
    await page.locator(ROWS).nth(5).waitFor()
    tell(`${name}: scrolling, a frame, 95 of 100`, 'ms', [await scroll(page)], 100)
    await context.close()
    const { painted, answered } = await asked(browser, as, list)
    tell(`${name}: filtering, interaction to next paint`, 'ms', painted, 100)
    tell(`${name}: filtering, until its rows stand there`, 'ms', answered, 1000)
  }
  // Letter by letter: a hand is quicker than the answers.
  const letters = []
  for (let i = 0; i < LOADS; i++) {
    const { context, page } = await load(browser, privacy, '/people', title)
    await search(page).waitFor()
    letters.push(await interaction(page, () => search(page).pressSequentially('wang', { delay: 60 })))
    await context.close()
  }
  tell('30,000 people: searching letter by letter, interaction to next paint', 'ms', letters, 100)
}

const measured = []
const tell = (name, unit, runs, atMost) => measured.push({ name, unit, runs, at_most: atMost ?? null })

async function inBrowser(measure, house) {
  const found = CHROMIUM.find((path) => path && existsSync(path))
  if (!found) throw new Error('there is no Chromium; CHROMIUM names one')
  const browser = await chromium.launch({ executablePath: found, args: FLAGS })
  try {
    await measure(house, browser)
    console.log(JSON.stringify(measured))
  } finally {
    await browser.close()
  }
}

const what = process.argv[2]
if (!what) throw new Error('the first argument names the program, or describes a house')
if (what.startsWith('{')) {
  await inBrowser(atSize, JSON.parse(what))
} else {
  const server = spawn(what, ['demo', '--json'], {
    env: { ...process.env, TENURE_LISTEN: '127.0.0.1:0', TENURE_LOG: 'error' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: server.stdout })
  const [line] = await once(lines, 'line')
  lines.on('line', () => {})
  try {
    await inBrowser(onTheSample, JSON.parse(line))
  } finally {
    server.kill('SIGTERM')
    if (server.exitCode === null) await once(server, 'exit')
  }
}
