/** Rehearsals: what a change would do, before it is made. */
export const rehearsals = {
  title: 'Rehearsal',
  begin: 'Rehearse',
  again: 'Rehearse again',
  means:
    'Puts the decisions of the last days and today’s inventory to the change: what would be newly permitted, what newly refused. Nothing is changed.',
  running: 'Going on: {{decisions}} decisions and {{sides}} holdings looked at so far…',
  moved:
    'What is permitted, or who holds which role, has changed since; this may not be true any more. It can be run again.',
  old: 'This rehearsal is too old. It can be run again.',
  newlyPermitted: 'decisions newly permitted',
  newlyRefused: 'decisions newly refused',
  peopleOpened: 'people’s data become reachable',
  peopleClosed: 'people’s data cease to be',
  decisions: 'Of {{n}} decisions in the last {{days}} days, {{asked}} were put again.',
  noDecisions: 'There is no decision on record in the last {{days}} days.',
  decisionsPart: 'There are too many; only the newest were looked at.',
  notAgain: '{{n}} cannot be put again: nobody known asked, or about something that is not there any more.',
  shownOtherwise: '{{n}} stay permitted and would be shown through another mask.',
  ifForThis:
    'Another {{n}} were refused for a purpose that no instruction named, and no record keeps such words; if it was the purpose of this change, they would be permitted.',
  effects: {
    newly_permitted: 'newly permitted {{n}} times:',
    newly_refused: 'newly refused {{n}} times:',
    shown_otherwise: 'masked otherwise {{n}} times:',
  },
  question: '{{operation}} {{class}} for “{{purpose}}”',
  noPurpose: 'an unknown purpose',
  moreMoved: 'and {{n}} times more',
  held: 'Of {{n}} holdings looked at, {{opened}} become reachable and {{closed}} cease to be.',
  nothingHeld: 'Nothing is held that this change could touch.',
  heldPart: 'Not all data, or not all people, were looked at.',
  keptClosed: '{{n}} stay out of everybody’s reach',
  basis:
    'Rehearsed {{at}}, on version {{law}} of what is permitted and {{records}} records of the ledger; good until {{until}}',
  cardTitle: 'Rehearsal',
  card: 'Of {{asked}} decisions in {{days}} days, {{permitted}} newly permitted and {{refused}} newly refused; data of {{opened}} people become reachable, of {{closed}} cease to be',
  cardRunning: 'Going on…',
}
