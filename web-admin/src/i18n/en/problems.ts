/** The stable codes that the server sends; a dot is written as two underscores. A code without words is shown as it is. */
export const problems = {
  'sign-in__refused': 'Account or password is not right.',
  'sign-in__locked': 'Too many tries; the account is locked for a while.',
  'sign-in__too-many': 'Too many tries; wait a little.',
  'sign-in__not-confirmed': 'Use the one-time set-up link of this organisation first.',
  'sign-in__no-membership': 'This account belongs to no organisation.',
  membership__ended: 'The membership has ended; there is no way in any more.',
  power__missing: 'None of your roles may do this.',
  departures__state: 'Not possible in the state it is in',
  'departures__own-departure': 'Nobody handles their own departure',
  'instructions__own-request': 'Nobody approves their own request',
  'instructions__not-an-approver': 'Somebody in another role has to approve this',
  'instructions__in-force-already': 'In force already',
  'departures__nothing-to-decide': 'Nothing waits for your word',
}
