import type { Card } from '@/api/queries/inbox'

/** Why a card cannot be decided together with one that is selected; null where it can. What has to be alike, the server says. */
export type Differs = 'noDecision' | 'kind' | 'action' | 'purpose' | 'sensitive' | 'rules'

export function differs(card: Card, selected: Card | undefined): Differs | null {
  if (!card.can.decide?.allowed || !card.alike) return 'noDecision'
  const [one, other] = [card.alike, selected?.alike]
  if (!other) return null
  if (one.kind !== other.kind) return 'kind'
  if (!same(one.actions, other.actions)) return 'action'
  if (!same(one.purposes, other.purposes)) return 'purpose'
  if (one.sensitive !== other.sensitive) return 'sensitive'
  return same(one.rules, other.rules) ? null : 'rules'
}

function same(one: string[], other: string[]) {
  return one.length === other.length && one.every((word, i) => word === other[i])
}
