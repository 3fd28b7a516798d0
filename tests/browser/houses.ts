/** Starts what the stories need: the program with its sample, once on SQLite and once on PostgreSQL. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestProject } from 'vitest/node'
import type { House } from './words'

declare module 'vitest' {
  interface ProvidedContext {
    houses: House[]
  }
}

const program = process.env.TENURE_PROGRAM
const postgres = process.env.TENURE_POSTGRES

export default async function setup(project: TestProject) {
  if (!program || !postgres) throw new Error('TENURE_PROGRAM and TENURE_POSTGRES name the programs: run `make test`')
  const database = spawn(postgres, [], { stdio: ['pipe', 'pipe', 'inherit'] })
  const url = await firstLine(database)
  const servers = [demo(program, {}), demo(program, { TENURE_DATABASE_URL: url })]
  const [sqlite, postgresql] = await Promise.all(servers.map(async (s) => JSON.parse(await firstLine(s))))
  project.provide('houses', [
    { database: 'sqlite', program, ...sqlite },
    { database: 'postgres', program, ...postgresql },
  ])
  return async () => {
    for (const server of servers) server.kill('SIGTERM')
    await Promise.all(servers.map((s) => s.exitCode === null && once(s, 'exit')))
    database.stdin?.end()
    await once(database, 'exit')
  }
}

function demo(program: string, extra: Record<string, string>): ChildProcess {
  const env = { ...process.env, TENURE_LISTEN: '127.0.0.1:0', TENURE_LOG: 'error', ...extra }
  return spawn(program, ['demo', '--json'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
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
