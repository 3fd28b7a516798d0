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
  decisions: 'Decisions of the last {{days}} days: {{n}}, of which put again: {{asked}}.',
  noDecisions: 'There is no decision on record in the last {{days}} days.',
  decisionsPart: 'There are too many; only the newest were looked at.',
  notAgain: 'Not to be put again: {{n}}. Nobody known asked, or it was about something that is not there any more.',
  shownOtherwise: 'Permitted as before and shown through another mask: {{n}}.',
  ifForThis:
    'Refused for a purpose that no instruction named: {{n}}. No record keeps such words; if it was the purpose of this change, the answer would be yes.',
  effects: {
    newly_permitted: 'newly permitted, {{n}} ×:',
    newly_refused: 'newly refused, {{n}} ×:',
    shown_otherwise: 'masked otherwise, {{n}} ×:',
  },
  question: '{{operation}} {{class}} for “{{purpose}}”',
  noPurpose: 'an unknown purpose',
  moreMoved: 'and {{n}} more',
  held: 'Holdings looked at: {{n}}; become reachable: {{opened}}; cease to be: {{closed}}.',
  nothingHeld: 'Nothing is held that this change could touch.',
  heldPart: 'Not all data, or not all people, were looked at.',
  keptClosed: 'Out of everybody’s reach all the same: {{n}}',
  basis:
    'Rehearsed {{at}}, on version {{law}} of what is permitted and {{records}} records of the ledger; good until {{until}}',
  cardTitle: 'Rehearsal',
  card: 'Decisions of {{days}} days: {{asked}}, newly permitted {{permitted}}, newly refused {{refused}}. People whose data become reachable: {{opened}}, cease to be: {{closed}}',
  cardRunning: 'Going on…',
}
