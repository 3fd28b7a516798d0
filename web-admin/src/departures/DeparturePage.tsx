import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Departure, departureQuery, isUnderway, type Line, linesQuery } from '@/api/queries/departures'
import { word } from '@/i18n'
import { useShows } from '@/shell/inView'
import { Chip, type Tone } from '@/ui/Chip'
import { day } from '@/ui/format'
import { Loaded, Page } from '@/ui/Page'
import { Approval } from './Approval'
import { CertificateNotice } from './CertificateNotice'
import { DepartureActs } from './DepartureActs'
import css from './DeparturePage.module.css'
import { Destroyed } from './Destroyed'
import { LaneColumn } from './LaneColumn'
import { LineDrawer } from './LineDrawer'
import { LANES, linesOf } from './lanes'
import { Sentence } from './Sentence'
import { Timeline } from './Timeline'

const TONES: Record<Departure['state'], Tone> = {
  planned: 'plain',
  submitted: 'accent',
  approved: 'accent',
  carrying_out: 'accent',
  completed: 'plain',
  rescinded: 'quiet',
}

/** 离职处置: what will happen, or is happening, to everything about one person, and why. */
export function DeparturePage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/shell/departures/$id' })
  const departure = useQuery(departureQuery(id))
  const lines = useQuery(linesQuery(id, isUnderway(departure.data)))
  const d = departure.data
  useShows('departure', id, d?.name ?? d?.staff_number)
  return (
    <Page
      title={d ? (d.name ?? d.staff_number ?? t('ui.nameForgotten')) : t('departures.one')}
      beside={d && <Beside d={d} />}
      actions={d && <DepartureActs d={d} lines={lines.data} />}
    >
      <Loaded query={departure}>
        {(d) => (
          <div className={css.cockpit}>
            <Sentence d={d} />
            <Timeline d={d} />
            <Approval d={d} />
            {d.certified && <CertificateNotice d={d} />}
            <Loaded query={lines}>{(all) => <Lines d={d} lines={all} />}</Loaded>
          </div>
        )}
      </Loaded>
    </Page>
  )
}

function Beside({ d }: { d: Departure }) {
  const { t } = useTranslation()
  const facts = [d.staff_number, d.department, d.position].filter(Boolean).join(' · ')
  return (
    <>
      <Chip tone={TONES[d.state]}>{word('departures.states', d.state)}</Chip>
      <span className={css.facts}>{facts}</span>
      <span className={css.facts}>{t('departures.lastDay', { day: day(d.last_day) })}</span>
    </>
  )
}

function Lines({ d, lines }: { d: Departure; lines: Line[] }) {
  const navigate = useNavigate({ from: '/departures/$id' })
  const { line } = useSearch({ from: '/shell/departures/$id' })
  const open = (id: string | undefined) => void navigate({ search: { line: id }, replace: line !== undefined })
  const chosen = lines.find((l) => l.id === line)
  return (
    <>
      <Destroyed d={d} lines={linesOf('destroyed', lines)} onOpen={open} />
      <div className={css.lanes}>
        {LANES.map((lane) => (
          <LaneColumn key={lane} lane={lane} d={d} lines={linesOf(lane, lines)} onOpen={open} />
        ))}
      </div>
      {chosen && <LineDrawer d={d} line={chosen} onClose={() => open(undefined)} />}
    </>
  )
}
