import { useQuery } from '@tanstack/react-query'
import { packQuery } from '@/api/queries/pack'
import { hasWord, word } from '@/i18n'
import { Chip, type Tone } from '@/ui/Chip'
import css from './RulingChip.module.css'

/** As much of a ruling as says whose it is. */
interface Ruled {
  controller: string
  rule: string
  settled: boolean
}

export const toneOf = (r: Ruled): Tone => (!r.settled ? 'danger' : r.controller === 'organisation' ? 'accent' : 'plain')

/** Who controls it, by what, under which rule: `组织 · 内部群 · rule-id`. */
export function RulingChip({ ruling, facts }: { ruling: Ruled; facts?: Record<string, unknown> }) {
  const { data: pack } = useQuery(packQuery)
  const rule = pack?.control.find((c) => c.id === ruling.rule)
  // What made the difference: the conversation where there was one, else the account.
  const about = (['conversation', 'account'] as const)
    .map((fact) => {
      const stated = facts?.[fact]
      const asked = rule?.when[fact]
      const value = typeof stated === 'string' ? stated : asked?.length === 1 ? asked[0] : undefined
      return value && value !== 'none' && hasWord(`packs.values.${fact}`, value)
        ? word(`packs.values.${fact}`, value)
        : undefined
    })
    .find(Boolean)
  const parts = [
    word('holdings.controllers', ruling.settled ? ruling.controller : 'unsettled'),
    about,
    ruling.rule || word('holdings', 'noRule'),
  ].filter(Boolean)
  return (
    <span className={css.chip}>
      <Chip tone={toneOf(ruling)}>{parts.join(' · ')}</Chip>
    </span>
  )
}
