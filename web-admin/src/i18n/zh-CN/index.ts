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

/** 中文。其他语言须有完全相同的键。 */
export const zhCN = {
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
} as const
