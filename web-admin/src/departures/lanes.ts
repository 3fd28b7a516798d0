import type { Line } from '@/api/queries/departures'

/** Where a line goes. The three ways out, and what is destroyed on the day. */
export type Lane = 'successor' | 'person' | 'kept' | 'destroyed'

export const LANES = ['successor', 'person', 'kept'] as const

/** Lines of one lane that end alike: the same disposition, until the same day, for the same reason. */
export interface Group {
  key: string
  lines: Line[]
  disposition: string
  until: string | null
  afterwards: string | null
  reason: { zh: string; en: string }
}

export function laneOf(line: Line): Lane {
  switch (line.disposition) {
    case 'hand_over':
      return 'successor'
    case 'release':
    case 'detach':
      return 'person'
    case 'delete':
    case 'anonymise':
      return 'destroyed'
    default:
      return 'kept'
  }
}

/** Lines of a lane: first what a person has to look at, then by size. */
export function linesOf(lane: Lane, lines: Line[]): Line[] {
  return lines
    .filter((line) => laneOf(line) === lane)
    .sort(
      (a, b) => Number(isTroubled(b)) - Number(isTroubled(a)) || b.items - a.items || a.class.localeCompare(b.class),
    )
}

export function isTroubled(line: Line): boolean {
  return line.state === 'done_with_failures' || line.state === 'undone' || !line.settled
}

/** Groups in the order in which they end; what stays longest last. */
export function groupsOf(lines: Line[]): Group[] {
  const groups = new Map<string, Group>()
  for (const line of lines) {
    const reason = { zh: first(line.reason_zh), en: first(line.reason_en) }
    const key = [line.disposition, line.retain_until, line.then, reason.zh].join('|')
    const known = groups.get(key)
    if (known) known.lines.push(line)
    else {
      groups.set(key, {
        key,
        lines: [line],
        disposition: line.disposition,
        until: line.retain_until ?? null,
        afterwards: line.then ?? null,
        reason,
      })
    }
  }
  return [...groups.values()].sort((a, b) => (a.until ?? '').localeCompare(b.until ?? ''))
}

/** The rule's own reason; what follows it (dates, holds) the group and its lines show themselves. */
function first(reasons: string): string {
  return reasons.split(/[;；]/)[0]?.trim() ?? ''
}
