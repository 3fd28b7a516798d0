import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import { type Assignment, assignmentsQuery, type Member, revokeRole } from '@/api/queries/people'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { Rehearse } from '@/rehearsals/Rehearse'
import { Act, type May } from '@/ui/Act'
import { instant } from '@/ui/format'
import { Failed, Loading } from '@/ui/Page'
import { Person } from '@/ui/Person'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import { AssignDialog } from './AssignDialog'
import { InDepartment } from './InDepartment'
import css from './People.module.css'

/** The roles of one membership: held since when and by whose appointment, and those that are over. */
export function MemberRoles({ m }: { m: Member }) {
  const { t } = useTranslation()
  const powers = usePowers()
  const [assigning, setAssigning] = useState(false)
  const list = useInfiniteQuery(assignmentsQuery({ membership: m.id }))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const now = rows.filter(isHeld)
  const before = rows.filter((a) => !isHeld(a))
  return (
    <section className={css.card} aria-labelledby="member-roles">
      <div className={css.cardHead}>
        <h2 id="member-roles">{t('people.roles')}</h2>
        <Act
          can={{ allowed: powers.has('roles.assign'), why: 'power.missing' }}
          size="small"
          label={t('people.assign')}
          onClick={() => setAssigning(true)}
        />
      </div>
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : (
        <>
          {now.length === 0 && <p className={shared.soft}>{t('people.noRoles')}</p>}
          <ul className={css.list}>
            {now.map((a) => (
              <li key={a.id} className={css.item}>
                <div className={css.between}>
                  <span className={shared.line}>
                    <RoleName role={a.role} />
                    <InDepartment id={a.department_id} />
                  </span>
                  <Revoke a={a} />
                </div>
                <Since a={a} />
              </li>
            ))}
          </ul>
          {before.length > 0 && (
            <details>
              <summary>{t('people.rolesBefore', { n: before.length })}</summary>
              <ul className={css.list}>
                {before.map((a) => (
                  <li key={a.id} className={css.item}>
                    <RoleName role={a.role} /> <InDepartment id={a.department_id} />
                    <Since a={a} />
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
      {assigning && <AssignDialog member={m} onClose={() => setAssigning(false)} />}
    </section>
  )
}

export const isHeld = (a: Assignment) => !a.revoked_at && !(a.until && Date.parse(a.until) <= Date.now())

function RoleName({ role }: { role: string }) {
  const names = usePackNames()
  return (
    <Link to="/people/roles" search={{ role }}>
      <strong>{names.ofRole(role)}</strong>
    </Link>
  )
}

/** Since when, by whom, on which path; until when or since when it is over. */
export function Since({ a }: { a: Assignment }) {
  const { t } = useTranslation()
  return (
    <span className={`${shared.line} ${shared.note}`}>
      <span>{t('people.since', { at: instant(a.granted_at) })}</span>
      <span>·</span>
      <span>{word('people.via', a.via)}</span>
      {a.granter && <Person name={a.granter.name} number={a.granter.staff_number} />}
      {a.until && <span>{t('people.until', { at: instant(a.until) })}</span>}
      {a.revoked_at && <span>{t('people.endedAt', { at: instant(a.revoked_at) })}</span>}
      {a.revoked_at && a.revoker && <Person name={a.revoker.name} number={a.revoker.staff_number} />}
    </span>
  )
}

export function Revoke({ a }: { a: Assignment }) {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const powers = usePowers()
  const [asked, setAsked] = useState(false)
  const revoke = useMutation(revokeRole)
  const can: May = powers.has('roles.assign') ? a.can.revoke : { allowed: false, why: 'power.missing' }
  const what = { role: names.ofRole(a.role), name: a.member.name ?? a.member.staff_number ?? t('ui.nameForgotten') }
  return (
    <>
      <Act can={can} size="small" danger label={t('people.revoke')} onClick={() => setAsked(true)} />
      <Modal
        open={asked}
        title={t('people.revokeTitle', what)}
        okText={t('people.revoke')}
        okButtonProps={{ danger: true, loading: revoke.isPending }}
        cancelText={t('ui.cancel')}
        onCancel={() => setAsked(false)}
        onOk={() =>
          revoke.mutate(a.id, {
            onSuccess: () => {
              setAsked(false)
              tell.done(t('people.revoked', what))
            },
            onError: tell.failed,
          })
        }
        width={480}
      >
        <p>{t('people.revokeMeans', what)}</p>
        {asked && <Rehearse change={{ kind: 'removal', assignment: a.id }} />}
      </Modal>
    </>
  )
}
