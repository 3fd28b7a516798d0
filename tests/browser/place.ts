/** A place of its own for stories that begin at the beginning, or that move the clock. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished } from 'vitest'
import { type House, type Role, Somebody } from './words'

export const PASSWORD = '一次设置的长密码-2026'

/** A server of its own with one empty organisation, and the link of its first admin. */
export async function aNewPlace(house: House, name: string): Promise<{ place: House; link: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'tenure-setup-'))
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    TENURE_DATA_DIR: dir,
    TENURE_LISTEN: '127.0.0.1:0',
    TENURE_LOG: 'error',
  }
  if (house.database === 'postgres') {
    const database = spawn(String(process.env.TENURE_POSTGRES), [], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(async () => {
      database.stdin?.end()
      await once(database, 'exit')
    })
    env.TENURE_DATABASE_URL = await firstLine(database)
  }
  const made = execFileSync(
    house.program,
    ['tenant', 'create', '--name', name, '--admin-email', 'wang@yuanshan.example', '--admin-name', '王敏', '--pack', 'dingtalk'],
    { env, encoding: 'utf8' },
  )
  const path = /\/set-up#token=\S+/.exec(made)?.[0]
  if (!path) throw new Error(`no link in ${made}`)
  const server = spawn(house.program, ['serve'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  // Told to stop before the database is, as what is registered last is done first.
  onTestFinished(async () => {
    server.kill('SIGTERM')
    if (server.exitCode === null) await once(server, 'exit')
  })
  const base_url = (await firstLine(server)).replace(/^.*(http:\/\/)/, '$1')
  return { place: { ...house, base_url }, link: path }
}

async function firstLine(from: ChildProcess): Promise<string> {
  if (!from.stdout) throw new Error('no output')
  const lines = createInterface({ input: from.stdout })
  const line = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    once(from, 'exit').then(([code]) => {
      throw new Error(`${from.spawnargs.join(' ')} ended with ${code} before it said anything`)
    }),
  ])
  // What comes after is read and thrown away, or the pipe would fill up.
  lines.on('line', () => {})
  return line
}

/** The sample on a server of its own, for stories about what time does to it. On SQLite: no database changes what is seen. */
export async function aSampleOfItsOwn(house: House): Promise<House> {
  const env: NodeJS.ProcessEnv = { ...process.env, TENURE_LISTEN: '127.0.0.1:0', TENURE_LOG: 'error' }
  const server = spawn(house.program, ['demo', '--json'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(async () => {
    server.kill('SIGTERM')
    if (server.exitCode === null) await once(server, 'exit')
  })
  return { database: 'sqlite', program: house.program, ...JSON.parse(await firstLine(server)) }
}

/** The admin takes up the link and stands before the guide. */
export async function takesUp(link: string, place: House, password = PASSWORD): Promise<Somebody> {
  const wang = await Somebody.at(place)
  await wang.page.goto(link)
  await wang.field('新密码').fill(password)
  await wang.button('设置并登录').click()
  await wang.page.getByRole('navigation').first().waitFor()
  return wang
}

/** What an HR system posts with the address and the secret that somebody copied. */
export async function hrPosts(url: string, secret: string, type: string, data: Record<string, unknown>) {
  const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data })
  const [id, at] = [randomUUID(), Math.floor(Date.now() / 1000)]
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` }
  const answer = await fetch(url, { method: 'POST', headers, body })
  expect(answer.status, await answer.text()).toBe(202)
}

/** Somebody of the first organisation asks the server as a program would: for what a story needs and does not look at. */
export async function asProgram(house: House, role: Role) {
  const send = async (method: string, path: string, body?: unknown, token?: string) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const text = body === undefined ? undefined : JSON.stringify(body)
    const answer = await fetch(`${house.base_url}/api/v1${path}`, { method, headers, body: text })
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
    return (await answer.json()) as Record<string, string> & { items: Record<string, string>[] }
  }
  const account = house.organisations[0]?.accounts[role]
  const { access_token } = await send('POST', '/auth/sign-in', account)
  return (method: string, path: string, body?: unknown) => send(method, path, body, access_token)
}

/** Somebody asks the server as the page they are on would. */
export async function calls(
  who: Somebody,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  return who.page.evaluate(
    async ({ method, path, body }) => {
      const { csrf_token } = await (await fetch('/api/v1/session')).json()
      const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf_token, 'idempotency-key': crypto.randomUUID() }
      const text = body === undefined ? undefined : JSON.stringify(body)
      return (await fetch(`/api/v1${path}`, { method, headers, body: text })).json()
    },
    { method, path, body },
  )
}

/** Moves the clock of a place that nobody else is in, and waits until what is due then is done. */
export async function theClockReaches(place: House, now: Date) {
  const headers = { 'content-type': 'application/json' }
  const moved = await fetch(`${place.base_url}/test/clock`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({ now: now.toISOString() }),
  })
  expect(moved.status).toBe(200)
  await expect.poll(async () => (await fetch(`${place.base_url}/test/settled`)).status, { timeout: 30_000 }).toBe(200)
}
