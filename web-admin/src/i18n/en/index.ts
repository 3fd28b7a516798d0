import type { Messages } from '..'
import { cases } from './cases'
import { access, certification, ownRoles, separation } from './certification'
import { certificate, departures } from './departures'
import { holdings } from './holdings'
import { inbox } from './inbox'
import { instructions, purposes } from './instructions'
import { contests, my } from './my'
import { packs } from './packs'
import { people } from './people'
import { problems } from './problems'
import { records } from './records'
import { rehearsals } from './rehearsals'
import { settings } from './settings'
import { setup } from './setup'
import { help, session, shell } from './shell'
import { ui } from './ui'

/** English. The keys are those of the Chinese texts. */
export const en: Messages = {
  ui,
  shell,
  help,
  session,
  inbox,
  cases,
  access,
  certification,
  separation,
  ownRoles,
  departures,
  certificate,
  holdings,
  instructions,
  purposes,
  records,
  rehearsals,
  packs,
  people,
  my,
  contests,
  problems,
  settings,
  setup,
}
