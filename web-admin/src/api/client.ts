import createClient, { type Middleware } from 'openapi-fetch'
import { reachableAgain, signedInAgain } from './connection'
import { ProblemError, problemOf } from './problem'
import type { paths } from './schema'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What the server says to a session that was there and is over, also when the browser has dropped its cookie since. */
const OVER = new Set(['session.ended', 'session.expired', 'sign-in.required'])

let csrfToken = ''

/** The session's token, which every unsafe call repeats; it never leaves memory. */
export function takeCsrf(token: string) {
  csrfToken = token
}

/** What a proxy says while the server behind it is gone. */
const GONE = new Set([502, 504])

/** Sends; when the server is gone or the session over, waits for that to pass and sends the same again. */
async function patientFetch(request: Request): Promise<Response> {
  for (;;) {
    const attempt = request.clone()
    if (!SAFE.has(attempt.method)) attempt.headers.set('X-CSRF-Token', csrfToken)
    let answer: Response
    try {
      answer = await fetch(attempt)
    } catch (failure) {
      if (request.signal.aborted) throw failure
      await reachableAgain()
      continue
    }
    if (GONE.has(answer.status)) {
      await reachableAgain()
      continue
    }
    if (answer.status === 401 && !new URL(request.url).pathname.startsWith('/api/v1/session')) {
      const problem = await problemOf(answer.clone())
      if (csrfToken && OVER.has(problem.code)) {
        await signedInAgain()
        continue
      }
    }
    return answer
  }
}

const conventions: Middleware = {
  onRequest({ request }) {
    // A repeat of the same click, by us or by the network, counts once.
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', crypto.randomUUID())
    }
    return request
  },
  async onResponse({ response }) {
    if (!response.ok) throw new ProblemError(await problemOf(response))
    return response
  },
}

export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: patientFetch })
api.use(conventions)

/** A file as it streams in: as patient as every other call; a refusal is thrown as the problem that it is. */
export async function file(address: string, signal?: AbortSignal): Promise<Response> {
  const answer = await patientFetch(new Request(address, { signal }))
  if (!answer.ok) throw new ProblemError(await problemOf(answer))
  return answer
}

/** The body of an answer; a failed call has thrown before. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call
  return data as T
}

/** `If-Match` for the version that was read. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` }
}
