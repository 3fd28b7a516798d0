import type { usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { factValues } from '@/packs/words'

/** What a ruling was made by, as names and words; facts that say nothing are left out, and the class, which has its own place. */
export function factWords(facts: Record<string, unknown>, names: ReturnType<typeof usePackNames>): [string, string][] {
  const said: [string, string][] = []
  for (const [fact, value] of Object.entries(facts)) {
    if (fact === 'class' || value === null || value === 'none' || (Array.isArray(value) && value.length === 0)) continue
    if (fact.startsWith('feature.')) {
      said.push([word('packs.features', fact.slice('feature.'.length)), word('holdings.switched', String(value))])
    } else if (fact === 'features') {
      said.push([word('packs.facts', 'feature_on'), factValues('feature_on', [value].flat().map(String), names)])
    } else if (isService(value)) {
      said.push([word('packs.facts', fact), `${value.name} · ${word('holdings.openedBy', value.opened_by)}`])
    } else {
      said.push([word('packs.facts', fact), factValues(fact, [value].flat().map(String), names)])
    }
  }
  return said
}

function isService(value: unknown): value is { name: string; opened_by: string } {
  return typeof value === 'object' && value !== null && 'opened_by' in value
}
