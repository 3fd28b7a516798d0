/** An RFC 9457 problem document as the server sends it: a stable code, what was found, what would be right. */
export interface Problem {
  status: number
  code: string
  title: string
  detail?: string
  help?: string
  pointer?: string
  clauses: string[]
  /** Of several things that were asked for at once: which of them could not be, and why. */
  cards: { id: string; why: Problem }[]
}

/** What every failed call throws. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'ProblemError'
    this.problem = problem
  }

  get code() {
    return this.problem.code
  }

  get isForbidden() {
    return this.problem.status === 403
  }

  get isNotFound() {
    return this.problem.status === 404
  }

  /** Somebody else changed it meanwhile. */
  get isStale() {
    return this.problem.status === 412
  }
}

const CODE = /#(.+)$/

export async function problemOf(response: Response): Promise<Problem> {
  const unknown: Problem = {
    status: response.status,
    code: `http.${response.status}`,
    title: response.statusText,
    clauses: [],
    cards: [],
  }
  if (!response.headers.get('content-type')?.includes('json')) return unknown
  return read(await response.json().catch(() => null), unknown)
}

function read(body: unknown, unknown: Problem): Problem {
  if (typeof body !== 'object' || body === null) return unknown
  const said = body as Record<string, unknown>
  const text = (name: string) => (typeof said[name] === 'string' ? (said[name] as string) : undefined)
  return {
    status: unknown.status,
    code: text('code') ?? CODE.exec(text('type') ?? '')?.[1] ?? unknown.code,
    title: text('title') ?? unknown.title,
    detail: text('detail'),
    help: text('help'),
    pointer: text('pointer'),
    clauses: Array.isArray(said.clauses) ? said.clauses.filter((c): c is string => typeof c === 'string') : [],
    cards: Array.isArray(said.cards) ? said.cards.flatMap((card) => cardOf(card, unknown)) : [],
  }
}

function cardOf(card: unknown, unknown: Problem): { id: string; why: Problem }[] {
  if (typeof card !== 'object' || card === null) return []
  const { id, why } = card as Record<string, unknown>
  return typeof id === 'string' && why ? [{ id, why: read(why, unknown) }] : []
}
