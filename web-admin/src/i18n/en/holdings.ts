export const holdings = {
  controllers: {
    organisation: 'the organisation',
    person: 'the person',
    unsettled: 'not settled; treated as the person’s',
  },
}
