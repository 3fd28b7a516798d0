import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { memberQuery } from '@/api/queries/find'
import { permittingQuery } from '@/api/queries/holdings'
import { departuresOfQuery, forgetSubject, type Member, tenuresQuery } from '@/api/queries/people'
import { usePowers } from '@/api/queries/powers'
import { giveSetUpLink } from '@/api/queries/setup'
import { word } from '@/i18n'
import { PlainWords } from '@/instructions/PlainWords'
import { setUpAddress } from '@/settings/address'
import { SecretOnce } from '@/settings/SecretOnce'
import { useShows } from '@/shell/inView'
import { Act, type May } from '@/ui/Act'
import { Chip } from '@/ui/Chip'
import { Facts } from '@/ui/Facts'
import { day } from '@/ui/format'
import { Loaded, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import { ReasonDialog } from '@/ui/ReasonDialog'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import { MemberRoles } from './MemberRoles'
import css from './People.module.css'
import { STATE_TONES } from './states'

/** One member: tenures, roles and since when, and the ways to what is held, done and decided about them. */
export function MemberPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/shell/people/$id' })
  const query = useQuery(memberQuery(id))
  const m = query.data
  const name = m ? (m.name ?? t('ui.nameForgotten')) : t('people.one')
  useShows('membership', id, m ? name : undefined)
  return (
    <Page
      title={name}
      beside={
        m && (
          <>
            <span className={shared.soft}>{m.staff_number}</span>
            <Chip tone={STATE_TONES[m.state]}>{word('people.states', m.state)}</Chip>
          </>
        )
      }
      actions={
        m && (
          <>
            {m.state === 'departed' && m.name && <Forget m={m} name={name} />}
            <Invite m={m} name={name} />
          </>
        )
      }
    >
      <Loaded query={query}>{(m) => <Content m={m} />}</Loaded>
    </Page>
  )
}

function Content({ m }: { m: Member }) {
  const powers = usePowers()
  return (
    <div className={css.page}>
      <div className={css.column}>
        <Place m={m} />
        <MemberRoles m={m} />
        {powers.has('instructions.read') && <Permitted id={m.id} />}
      </div>
      <div className={css.column}>
        <Ways m={m} />
        <Tenures m={m} />
        {powers.has('departures.read') && <Departures id={m.id} />}
      </div>
    </div>
  )
}

function Place({ m }: { m: Member }) {
  const { t } = useTranslation()
  return (
    <section className={css.card} aria-labelledby="member-place">
      <h2 id="member-place">{t('people.place')}</h2>
      <Facts
        facts={[
          [t('people.department'), m.department ? <bdi key="d">{m.department}</bdi> : null],
          [t('people.position'), m.position ? <bdi key="p">{m.position}</bdi> : null],
          [
            t('people.manager'),
            m.manager ? (
              <Link key="m" to="/people/$id" params={{ id: m.manager.id }}>
                <Person name={m.manager.name} number={m.manager.staff_number} />
              </Link>
            ) : null,
          ],
          [t('people.firstDay'), day(m.first_day)],
          [t('departures.lastDayTitle'), m.last_day ? day(m.last_day) : null],
          [t('people.leaveReason'), m.leave_reason ? word('people.reasons', m.leave_reason) : null],
          [t('people.account'), word('people.accounts', m.account_kind)],
        ]}
      />
    </section>
  )
}

/** Where to go on from here; each only where the reader may. */
function Ways({ m }: { m: Member }) {
  const { t } = useTranslation()
  const powers = usePowers()
  const ways = [
    powers.has('decisions.search') && (
      <Link to="/people/access" search={{ member: m.id }}>
        {t('access.toAccess')}
      </Link>
    ),
    powers.has('holdings.read') && (
      <Link to="/holdings/of/$subject" params={{ subject: m.subject_id }} search={{}}>
        {t('people.toHoldings')}
      </Link>
    ),
    powers.has('records.read') && (
      <Link to="/records" search={{ subject: m.subject_id }}>
        {t('people.toRecordsAbout')}
      </Link>
    ),
    powers.has('records.read') && (
      <Link to="/records" search={{ actor: m.id }}>
        {t('people.toRecordsBy')}
      </Link>
    ),
  ].filter(Boolean)
  if (ways.length === 0) return null
  return (
    <section className={css.card} aria-labelledby="member-ways">
      <h2 id="member-ways">{t('people.ways')}</h2>
      <ul className={css.list}>
        {ways.map((way, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they do not move
          <li key={i}>{way}</li>
        ))}
      </ul>
    </section>
  )
}

function Tenures({ m }: { m: Member }) {
  const { t } = useTranslation()
  const tenures = useQuery(tenuresQuery(m.subject_id))
  return (
    <section className={css.card} aria-labelledby="member-tenures">
      <h2 id="member-tenures">{t('people.tenures')}</h2>
      <Loaded query={tenures}>
        {(all) => (
          <ol className={css.list}>
            {all.map((one) => (
              <li key={one.id} className={css.item}>
                <div className={css.between}>
                  <Link to="/people/$id" params={{ id: one.id }} aria-current={one.id === m.id ? 'page' : undefined}>
                    {day(one.first_day)} – {one.last_day ? day(one.last_day) : t('people.today')}
                  </Link>
                  <Chip tone={STATE_TONES[one.state]}>{word('people.states', one.state)}</Chip>
                </div>
                <span className={shared.note}>
                  {[one.staff_number, one.department, one.position].filter(Boolean).join(' · ')}
                </span>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </section>
  )
}

function Departures({ id }: { id: string }) {
  const { t } = useTranslation()
  const departures = useQuery(departuresOfQuery(id))
  return (
    <section className={css.card} aria-labelledby="member-departures">
      <h2 id="member-departures">{t('shell.departures')}</h2>
      <Loaded
        query={departures}
        isEmpty={(all) => all.length === 0}
        empty={<p className={shared.soft}>{t('people.noDepartures')}</p>}
      >
        {(all) => (
          <ul className={css.list}>
            {all.map((d) => (
              <li key={d.id} className={css.between}>
                <Link to="/departures/$id" params={{ id: d.id }} search={{}}>
                  {t('departures.lastDay', { day: day(d.last_day) })}
                </Link>
                <Chip tone="quiet">{word('departures.states', d.state)}</Chip>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  )
}

/** What instructions in force permit this member, by name or by a role of theirs. */
function Permitted({ id }: { id: string }) {
  const { t } = useTranslation()
  const permitting = useQuery(permittingQuery({ member: id }))
  return (
    <section className={css.card} aria-labelledby="member-permitted">
      <h2 id="member-permitted">{t('people.permitted')}</h2>
      <Loaded
        query={permitting}
        isEmpty={(all) => all.length === 0}
        empty={<p className={shared.soft}>{t('people.nothingPermitted')}</p>}
      >
        {(all) => (
          <ul className={css.list}>
            {all.map((i) => (
              <li key={i.id} className={css.item}>
                <PlainWords said={i} />
                <Link to="/instructions/$id" params={{ id: i.id }}>
                  {t('holdings.openInstruction')}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  )
}

/** Who has left can be forgotten once nothing of theirs is held; the server says what is. */
function Forget({ m, name }: { m: Member; name: string }) {
  const { t } = useTranslation()
  const tell = useTell()
  const powers = usePowers()
  const forget = useMutation(forgetSubject)
  const [asked, setAsked] = useState(false)
  return (
    <>
      <Act
        can={{ allowed: powers.has('subjects.forget'), why: 'power.missing' }}
        danger
        label={t('people.forget')}
        onClick={() => setAsked(true)}
      />
      {asked && (
        <ReasonDialog
          title={t('people.forgetTitle', { name })}
          consequence={t('people.forgetMeans')}
          confirm={t('people.forget')}
          danger
          busy={forget.isPending}
          onConfirm={(reason) =>
            forget.mutate(
              { subject: m.subject_id, reason },
              {
                onSuccess: () => {
                  setAsked(false)
                  tell.done(t('people.forgotten'))
                },
                onError: tell.failed,
              },
            )
          }
          onClose={() => setAsked(false)}
        />
      )}
    </>
  )
}

function Invite({ m, name }: { m: Member; name: string }) {
  const { t } = useTranslation()
  const tell = useTell()
  const powers = usePowers()
  const invite = useMutation(giveSetUpLink)
  const [link, setLink] = useState<string | null>(null)
  const can: May = powers.has('members.invite') ? m.can.invite : { allowed: false, why: 'power.missing' }
  return (
    <>
      <Act
        can={can}
        label={t('people.invite')}
        loading={invite.isPending}
        onClick={() =>
          invite.mutate(m.id, {
            onSuccess: (made) => {
              if (made.sent || !made.setup_token) tell.done(t('people.inviteSent', { name }))
              else setLink(setUpAddress(made.setup_token))
            },
            onError: tell.failed,
          })
        }
      />
      {link && (
        <SecretOnce values={[[t('people.setUpLink'), link]]} onDone={() => setLink(null)}>
          <p className={shared.soft}>{t('people.setUpLinkMeans', { name })}</p>
        </SecretOnce>
      )}
    </>
  )
}
