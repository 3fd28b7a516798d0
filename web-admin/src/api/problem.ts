/** An RFC 9457 problem document as the server sends it: a stable code, what was found, what would be right. */
export interface Problem {
  status: number
  code: string
  title: string
  detail?: string
  help?: string
  pointer?: string
  clauses: string[]
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
  }
  if (!response.headers.get('content-type')?.includes('json')) return unknown
  const body: unknown = await response.json().catch(() => null)
  if (typeof body !== 'object' || body === null) return unknown
  const said = body as Record<string, unknown>
  const text = (name: string) => (typeof said[name] === 'string' ? (said[name] as string) : undefined)
  return {
    status: response.status,
    code: text('code') ?? CODE.exec(text('type') ?? '')?.[1] ?? unknown.code,
    title: text('title') ?? unknown.title,
    detail: text('detail'),
    help: text('help'),
    pointer: text('pointer'),
    clauses: Array.isArray(said.clauses) ? said.clauses.filter((c): c is string => typeof c === 'string') : [],
  }
}
