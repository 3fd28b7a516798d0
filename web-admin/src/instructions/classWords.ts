import type { usePackNames } from '@/api/queries/pack'

/** Whether a class pattern, `attendance.*` or `*`, covers a class. */
export function covers(pattern: string, key: string): boolean {
  if (pattern === '*') return true
  return pattern.endsWith('.*') ? key.startsWith(pattern.slice(0, -1)) : pattern === key
}

/** The classes that patterns cover, by name, in the pack's order. */
export function classesOf(patterns: string[], names: ReturnType<typeof usePackNames>): string[] {
  const all = names.classes.filter((c) => patterns.some((p) => covers(p, c.key)))
  // A class that the pack of today does not know any more is shown by its key.
  const unknown = patterns.filter((p) => !p.endsWith('*') && !names.classes.some((c) => c.key === p))
  return [...all.map((c) => names.ofClass(c.key)), ...unknown]
}
