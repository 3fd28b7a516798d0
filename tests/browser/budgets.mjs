/**
 * What the console costs the people who open it, measured in Chromium on the released program and its sample:
 * `node budgets.mjs target/release/tenure`, or through `make bench`. Prints one JSON array of measurements.
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
const program = process.argv[2]
if (!program) throw new Error('the first argument names the program')

const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser']
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

/** In the page, before anything else: what the browser itself measures. */
function watch() {
  const seen = { lcp: 0, fcp: 0, cls: 0, blocked: 0, interaction: 0 }
  globalThis.seen = seen
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

async function main(house, browser) {
  const organisation = house.organisations[0]
  const options = { baseURL: house.base_url, locale: 'zh-CN', viewport: { width: 1440, height: 900 } }
  const states = {}
  for (const role of ['privacy_officer', 'auditor']) {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    await page.goto('/')
    await page.getByLabel('邮箱或手机号').fill(organisation.accounts[role].identifier)
    await page.getByLabel('密码').fill(organisation.accounts[role].password)
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByRole('navigation').first().waitFor()
    states[role] = await context.storageState()
    await context.close()
  }
  const title = (page) => page.getByRole('heading', { level: 1 }).waitFor()
  const measured = []
  const tell = (name, unit, runs, atMost) => measured.push({ name, unit, runs, at_most: atMost ?? null })

  const inbox = []
  for (let i = 0; i < LOADS; i++) {
    const one = await load(browser, { ...options, storageState: states.privacy_officer }, '/inbox', title)
    inbox.push(one)
    await one.context.close()
  }
  tell('script of the inbox, first load, as sent', 'kB', [inbox[0].script / 1000], 300)
  tell('inbox, cold cache: largest contentful paint', 'ms', inbox.map((l) => l.seen.lcp), 1000)
  tell('inbox, cold cache: first contentful paint', 'ms', inbox.map((l) => l.seen.fcp))
  tell('inbox, cold cache: blocking time', 'ms', inbox.map((l) => l.seen.blocked))
  tell('inbox, cold cache: layout shift', 'thousandths', inbox.map((l) => 1000 * l.seen.cls))

  const opened = []
  for (let i = 0; i < LOADS; i++) {
    const state = { ...options, storageState: states.privacy_officer }
    const { context, page } = await load(browser, state, '/departures', title)
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

  const filtered = []
  for (let i = 0; i < LOADS; i++) {
    const state = { ...options, storageState: states.auditor }
    const { context, page } = await load(browser, state, '/records', title)
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
  tell('filtering records: interaction to next paint', 'ms', filtered, 100)
  return measured
}

const server = spawn(program, ['demo', '--json'], {
  env: { ...process.env, TENURE_LISTEN: '127.0.0.1:0', TENURE_LOG: 'error' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const lines = createInterface({ input: server.stdout })
const [line] = await once(lines, 'line')
lines.on('line', () => {})
const found = CHROMIUM.find((path) => path && existsSync(path))
if (!found) throw new Error('there is no Chromium; CHROMIUM names one')
const browser = await chromium.launch({ executablePath: found, args: FLAGS })
try {
  console.log(JSON.stringify(await main(JSON.parse(line), browser)))
} finally {
  await browser.close()
  server.kill('SIGTERM')
  if (server.exitCode === null) await once(server, 'exit')
}
