export const inbox = {
  empty: 'Nothing waits for you',
  emptyHelp: 'What needs your yes, your check or your hand shows up here.',
}
