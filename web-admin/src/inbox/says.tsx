import type { ReactNode } from 'react'
import { type Card, type Consequence, factsOf, type Named, type Tab, withOf } from '@/api/queries/inbox'
import type { usePackNames } from '@/api/queries/pack'
import { hasWord, type Say, word } from '@/i18n'
import { instant, number } from '@/ui/format'
import { rich } from '@/ui/rich'

type Names = ReturnType<typeof usePackNames>

export const nameOf = (p: Named | null | undefined, t: Say) => p?.name ?? p?.staff_number ?? t('ui.nameForgotten')

function patternOf(card: Card, tab: Tab, t: Say): string {
  if (card.object.kind === 'departure' && card.action === 'departure') {
    if (tab === 'done') return t('inbox.departureOf')
    if (card.kind === 'departure') return t('inbox.checks')
    return t(card.asked_by ? 'inbox.asksForDeparture' : 'inbox.asksForDeparturePlatform')
  }
  if (card.kind !== 'approval') return word('inbox.raised', card.action)
  const what = word('inbox.actions', card.action)
  return card.asked_by ? t('inbox.asksFor', { what }) : t('inbox.asksForPlatform', { what })
}

/** Who asks what, in one sentence, with the people in it. */
export function says(card: Card, tab: Tab, t: Say): ReactNode {
  return rich(patternOf(card, tab, t), {
    who: <bdi>{nameOf(card.asked_by, t)}</bdi>,
    about: <bdi>{nameOf(card.about, t)}</bdi>,
  })
}

/** The same as text, for those who hear it. */
export function saysPlainly(card: Card, tab: Tab, t: Say): string {
  return patternOf(card, tab, t).replace('{who}', nameOf(card.asked_by, t)).replace('{about}', nameOf(card.about, t))
}

/** How many people and holdings, which classes, what for: as much as tells two cards apart. */
export function measures(card: Card, t: Say): string[] {
  const counted: string[] = []
  if (card.kind === 'approval' && card.object.kind === 'instruction') {
    counted.push(card.people ? t('inbox.people', { count: card.people, n: number(card.people) }) : t('inbox.everybody'))
  }
  if (card.holdings) counted.push(t('inbox.holdings', { count: card.holdings, n: number(card.holdings) }))
  const { waiting } = factsOf(card)
  if (waiting) counted.push(t('inbox.linesWaiting', { count: waiting, n: number(waiting) }))
  if (card.items) counted.push(t('inbox.items', { count: card.items, n: number(card.items) }))
  return counted
}

/** What follows from a yes, a no, or from silence. */
export function follows(c: Consequence, names: Names, t: Say): string {
  const { at, until, access_ends_at, roles } = withOf(c)
  let code = c.code
  if (code === 'grant.permits' && until) code = 'grant.permits-until'
  if (code === 'request.lapses' && access_ends_at) code = 'request.lapses-and-access-ends'
  return word('inbox.follows', code, {
    at: at ? instant(at) : '',
    until: until ? instant(until) : '',
    ends: access_ends_at ? instant(access_ends_at) : '',
    roles: rolesOf(roles ?? [], names, t),
  })
}

export const rolesOf = (roles: string[], names: Names, t: Say) => roles.map(names.ofRole).join(t('ui.and'))

/** What a grant lets whom do. */
export function permits(card: Card, names: Names, t: Say): string | null {
  const { operations = [], roles = [], members = [], members_in_all = 0 } = factsOf(card)
  const who = [...roles.map(names.ofRole), ...members.map((m) => nameOf(m, t))]
  if (operations.length === 0 || who.length === 0) return null
  const shown = who.join(t('instructions.listAnd'))
  const rest = members_in_all - members.length
  return t('inbox.permits', {
    roles: rest > 0 ? t('instructions.andMore', { shown, n: number(members_in_all) }) : shown,
    operations: operations.map((o) => word('inbox.operations', o)).join(t('instructions.listAnd')),
  })
}

/** Why something was raised, in the console's words where it has some, else as the server found it. */
export function raisedOf(card: Card): string[] {
  const { raised = [], reason, detail } = factsOf(card)
  const codes = card.id.startsWith('attention:') && reason ? [reason] : raised
  return codes.map((code) => (hasWord('problems', code) ? word('problems', code) : (detail ?? code)))
}
