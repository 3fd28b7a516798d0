import type { Pack } from '@/api/queries/pack'

/** The parts of a pack that are lists of things with a name of their own. */
export const COMPARED = [
  'control',
  'classes',
  'schedules',
  'departures',
  'approvals',
  'exclusions',
  'powers',
  'masks',
] as const
export type Compared = (typeof COMPARED)[number]

/** A thing of a pack, field by field. */
export type Thing = Record<string, unknown>

/** What is only here, only there, or not the same in both. */
export interface Difference {
  id: string
  here?: Thing
  there?: Thing
  /** The fields that differ; none for what is in one of them only. */
  fields: string[]
}

function nameOf(thing: Thing): string {
  return String(thing.id ?? thing.key)
}

/** Compares two packs part by part, in the order of the one in force. */
export function differencesIn(part: Compared, here: Pack, there: Pack): Difference[] {
  const ours = new Map((here[part] as unknown as Thing[]).map((thing) => [nameOf(thing), thing]))
  const theirs = new Map((there[part] as unknown as Thing[]).map((thing) => [nameOf(thing), thing]))
  const found: Difference[] = []
  for (const [id, thing] of ours) {
    const other = theirs.get(id)
    if (!other) found.push({ id, here: thing, fields: [] })
    else {
      const fields = [...new Set([...Object.keys(thing), ...Object.keys(other)])].filter(
        (f) => JSON.stringify(thing[f]) !== JSON.stringify(other[f]),
      )
      if (fields.length > 0) found.push({ id, here: thing, there: other, fields })
    }
  }
  for (const [id, thing] of theirs) if (!ours.has(id)) found.push({ id, there: thing, fields: [] })
  return found
}
