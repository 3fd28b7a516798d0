import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Instruction, instructionQuery } from '@/api/queries/instructions'
import { usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { type Rehearsal, rehearsalsOfQuery } from '@/api/queries/rehearsals'
import { word } from '@/i18n'
import { ApprovalRules } from '@/packs/ApprovalRules'
import { Found } from '@/rehearsals/Found'
import { Rehearse } from '@/rehearsals/Rehearse'
import { useShows } from '@/shell/inView'
import { Chip } from '@/ui/Chip'
import { Facts } from '@/ui/Facts'
import { instant, number } from '@/ui/format'
import { Loaded, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import { Strip } from '@/ui/Strip'
import { Approvals } from './Approvals'
import { classesOf } from './classWords'
import { InstructionActs } from './InstructionActs'
import { TONES } from './InstructionListPage'
import css from './InstructionPage.module.css'
import { PlainWords } from './PlainWords'
import { Uses } from './Uses'

/** One instruction: what it permits in plain words, whose yes it has or lacks, how it was used, and what can be done with it. */
export function InstructionPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/shell/instructions/$id' })
  const query = useQuery(instructionQuery(id))
  const i = query.data
  const title = i ? `${word('instructions.actions', i.action)} · ${word('purposes', i.purpose)}` : t('instructions.one')
  useShows('instruction', id, i ? title : undefined)
  return (
    <Page
      title={title}
      beside={
        i && (
          <>
            <Chip tone={TONES[i.state]}>{word('instructions.states', i.state)}</Chip>
            <Chip tone="quiet">{word('instructions.kinds', i.kind)}</Chip>
            {i.sensitive && <Chip tone="danger">{t('instructions.sensitive')}</Chip>}
          </>
        )
      }
      actions={i && <InstructionActs i={i} />}
    >
      <Loaded query={query}>{(i) => <Content i={i} />}</Loaded>
    </Page>
  )
}

function Content({ i }: { i: Instruction }) {
  const { t } = useTranslation()
  return (
    <div className={css.page}>
      <p className={css.sentence}>
        <PlainWords said={i} />
      </p>
      <Waiting i={i} />
      <div className={css.columns}>
        <div className={css.column}>
          <section aria-labelledby="instruction-facts">
            <h2 id="instruction-facts">{t('instructions.details')}</h2>
            <Details i={i} />
          </section>
        </div>
        <div className={css.column}>
          <Rehearsed i={i} />
          <Uses i={i} />
          <Approvals i={i} />
        </div>
      </div>
    </div>
  )
}

/** What a yes would do, for whoever says it; once it is said, what it was said on. */
function Rehearsed({ i }: { i: Instruction }) {
  const powers = usePowers()
  const latest = useQuery(rehearsalsOfQuery(i.id, i.kind !== 'order' && powers.has('rehearsals.read')))
  const found = latest.data?.find((r) => r.change.kind === 'approval')
  if (i.kind === 'order' || (i.state !== 'pending' && !found)) return null
  if (i.state === 'pending') {
    return <Rehearse change={{ kind: 'approval', instruction: i.id }} latest={found} />
  }
  return found ? <Before r={found} /> : null
}

function Before({ r }: { r: Rehearsal }) {
  const { t } = useTranslation()
  return (
    <section aria-labelledby="instruction-rehearsal">
      <h2 id="instruction-rehearsal">{t('instructions.rehearsedBefore')}</h2>
      <Found r={{ ...r, stale: undefined }} />
    </section>
  )
}

function Waiting({ i }: { i: Instruction }) {
  const { t } = useTranslation()
  const names = usePackNames()
  if (i.state !== 'pending') return null
  const nobody = i.nobody_available.map(names.ofRole).join(t('ui.and'))
  return (
    <Strip tone={nobody ? 'danger' : 'accent'}>
      <strong>{t('instructions.waits', { roles: i.waiting_for.map(names.ofRole).join(t('ui.and')) })}</strong>
      {i.expires_at && <span>{t('departures.waitsUntil', { at: instant(i.expires_at) })}</span>}
      {nobody && <span>{t('departures.nobodyHolds', { roles: nobody })}</span>}
    </Strip>
  )
}

function Details({ i }: { i: Instruction }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const classes = i.scope.classes.includes('*') ? [t('instructions.everyClass')] : classesOf(i.scope.classes, names)
  return (
    <Facts
      facts={[
        [t('instructions.reason'), i.reason ? <bdi key="r">{i.reason}</bdi> : t('instructions.reasonForgotten')],
        [
          t('instructions.author'),
          i.author ? (
            <Person key="a" name={i.author.name} number={i.author.staff_number} />
          ) : (
            t('instructions.bySystem')
          ),
        ],
        [
          t('instructions.from'),
          i.origin === 'departure' && i.origin_id ? (
            <Link key="o" to="/departures/$id" params={{ id: i.origin_id }} search={{}}>
              {t('departures.one')}
            </Link>
          ) : (
            word('instructions.origins', i.origin)
          ),
        ],
        [
          t('instructions.classes'),
          <ul key="c" className={css.classes}>
            {classes.slice(0, MOST).map((c) => (
              <li key={c}>{c}</li>
            ))}
            {classes.length > MOST && <li>{t('instructions.andMoreClasses', { n: number(classes.length - MOST) })}</li>}
          </ul>,
        ],
        [t('instructions.holdings'), i.holdings > 0 ? number(i.holdings) : null],
        [t('instructions.created'), instant(i.created_at)],
        [t('instructions.inForceSince'), i.in_force_at ? instant(i.in_force_at) : null],
        [t('instructions.untilTitle'), i.until ? instant(i.until) : null],
        [
          t('instructions.rules'),
          i.approval_rules.length > 0 ? <ApprovalRules key="r" ids={i.approval_rules} /> : null,
        ],
        [t('instructions.number'), <code key="id">{i.id}</code>],
      ]}
    />
  )
}

const MOST = 12
