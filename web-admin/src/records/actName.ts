import type { usePackNames } from '@/api/queries/pack'
import { hasWord, word } from '@/i18n'

/** What an act is called by itself: as the pack names it; one that no power is needed for, as its sentence says it. */
export function actName(act: string, names: ReturnType<typeof usePackNames>): string {
  const named = names.ofAct(act)
  if (named !== act || !hasWord('records.do', act)) return named
  return word('records.do', act)
    .replace(/\{\w+\|([^}]*)\}/g, '$1')
    .replace(/\{\w+\}/g, '')
    .trim()
}
