/** The words of the browser's stories: a house with its people, and what somebody sees and does at a screen. */
import { createHmac, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { describe, expect, inject, onTestFinished, test } from 'vitest'

/** What `tenure demo --json` tells. */
export interface House {
  database: 'sqlite' | 'postgres'
  program: string
  base_url: string
  verifier_key: string
  departure: { id: string; staff_number: string }
  organisations: Organisation[]
}

interface Organisation {
  name: string
  slug: string
  accounts: Record<Role, { identifier: string; password: string }>
  members: Record<string, string>
  webhook: { url: string; secret: string }
  verifier_key: string
}

export type Role =
  | 'auditor'
  | 'data_operator'
  | 'employee'
  | 'hr_admin'
  | 'leaver'
  | 'primary_admin'
  | 'privacy_officer'
  | 'security_admin'
  | 'shared'

export interface Screen {
  language?: 'zh-CN' | 'en'
  scheme?: 'light' | 'dark'
  width?: 1440 | 1024 | 390
}

const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser']
/** Quiet, and alone: nothing but the server under test is looked up. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const SHOTS = join(import.meta.dirname, '../../target/screenshots')
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>

let browser: Promise<Browser> | undefined

function theBrowser(): Promise<Browser> {
  const found = CHROMIUM.find((path) => path && existsSync(path))
  if (!found) throw new Error('there is no Chromium; CHROMIUM names one')
  browser ??= chromium.launch({ executablePath: found, args: FLAGS })
  return browser
}

/** Tells a story on both databases. */
export function story(name: string, tell: (house: House) => Promise<void>) {
  describe.each(inject('houses').map((house) => [house.database, house] as const))('%s', (_, house) => {
    test(name, () => tell(house))
  })
}

/** Tells a story once: of how a page looks, or of what a browser does by itself. No database changes that. */
export function look(name: string, tell: (house: House) => Promise<void>) {
  const [house] = inject('houses')
  if (!house) throw new Error('there is no house')
  test(name, () => tell(house))
}

/** Somebody at a screen. What goes wrong in the page (a script, a refused style) fails the story. */
export class Somebody {
  private shots = 0
  private readonly complaints: string[] = []

  private constructor(
    readonly house: House,
    readonly page: Page,
    readonly screen: Required<Screen>,
  ) {
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.complaints.push(message.text())
    })
  }

  static async at(house: House, screen: Screen = {}, storageState?: StorageState): Promise<Somebody> {
    const full = { language: 'zh-CN', scheme: 'light', width: 1440, ...screen } as const
    const context = await (await theBrowser()).newContext({
      storageState,
      baseURL: house.base_url,
      locale: full.language,
      colorScheme: full.scheme,
      viewport: { width: full.width, height: full.width === 390 ? 844 : 900 },
      reducedMotion: 'reduce',
    })
    const somebody = new Somebody(house, await context.newPage(), full)
    onTestFinished(async () => {
      await context.close()
      expect(somebody.complaints, 'what the page complained about').toEqual([])
    })
    return somebody
  }

  /** Somebody who has signed in, in a role of the sample's first organisation. */
  static async signedIn(house: House, role: Role, screen: Screen = {}): Promise<Somebody> {
    const somebody = await Somebody.at(house, screen)
    await somebody.page.goto('/')
    await somebody.signsIn(role)
    return somebody
  }

  /** The same session at another screen. */
  async again(screen: Screen): Promise<Somebody> {
    return Somebody.at(this.house, screen, await this.page.context().storageState())
  }

  get organisation(): Organisation {
    return this.house.organisations[0] as Organisation
  }

  get says() {
    return this.screen.language === 'en'
      ? { signIn: 'Sign in', identifier: 'E-mail or phone', password: 'Password' }
      : { signIn: '登录', identifier: '邮箱或手机号', password: '密码' }
  }

  async signsIn(role: Role, password?: string) {
    const account = this.organisation.accounts[role]
    await this.field(this.says.identifier).fill(account.identifier)
    await this.field(this.says.password).fill(password ?? account.password)
    await this.button(this.says.signIn).click()
    if (password !== undefined) return
    const choice = this.page.getByRole('button', { name: this.organisation.name })
    const inside = this.page.getByRole('navigation').first()
    await choice.or(inside).first().waitFor()
    // Who belongs to both organisations of the sample is asked which.
    if (await choice.isVisible()) await choice.click()
    await inside.waitFor()
  }

  async goesTo(path: string) {
    await this.page.goto(path)
    await this.page.getByRole('heading', { level: 1 }).waitFor()
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' })
  }

  field(label: string | RegExp): Locator {
    return this.page.getByLabel(label, { exact: typeof label === 'string' })
  }

  sees(text: string | RegExp, within = 30_000): Promise<void> {
    return this.page.getByText(text).first().waitFor({ timeout: within })
  }

  /** A picture for people, under target/screenshots. */
  async takesAPicture(name: string, fullPage = true) {
    const dir = join(SHOTS, this.house.database)
    mkdirSync(dir, { recursive: true })
    const { language, scheme, width } = this.screen
    this.shots += 1
    await this.page.screenshot({ path: join(dir, `${name}-${language}-${scheme}-${width}-${this.shots}.png`), fullPage })
  }

  /** No violation of the accessibility rules, and nothing that makes the page scroll sideways. */
  async findsThePageInOrder() {
    if (!(await this.page.evaluate(() => 'axe' in globalThis))) await this.page.evaluate(AXE)
    const violations = await this.page.evaluate(async () => {
      type Run = (where: unknown, how: { resultTypes: string[] }) => Promise<{ violations: Violation[] }>
      const { axe, document } = globalThis as unknown as { axe: { run: Run }; document: unknown }
      // What is in order need not be described: that takes longer than looking.
      const found = await axe.run(document, { resultTypes: ['violations'] })
      interface Violation {
        id: string
        nodes: { html: string; failureSummary: string }[]
      }
      return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html}\n${n.failureSummary}`).join('\n')}`)
    })
    expect(violations, await this.page.title()).toEqual([])
    const overflow = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow, `${this.page.url()} scrolls sideways at ${this.screen.width}`).toBeLessThanOrEqual(0)
  }
}

/** The HR system says something, signed as Standard Webhooks asks. */
export async function hrSays(house: House, event: { type: string; data: Record<string, unknown> }) {
  const { url, secret } = (house.organisations[0] as Organisation).webhook
  const body = JSON.stringify({ ...event, timestamp: new Date().toISOString() })
  const id = randomUUID()
  const at = Math.floor(Date.now() / 1000)
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` },
    body,
  })
  expect(answer.status).toBe(202)
}

/** Yesterday's civil day where the sample lives. */
export function yesterday(): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date(Date.now() - 86_400_000))
}
