import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Member } from '@/api/queries/find'
import { usePackNames } from '@/api/queries/pack'
import { assignRole, offersQuery, type RoleOffer } from '@/api/queries/people'
import type { RoleToFill } from '@/api/queries/setup'
import { word } from '@/i18n'
import { inLanguage } from '@/packs/words'
import { Clauses } from '@/ui/Clauses'
import { useTell } from '@/ui/useTell'
import css from './GuidePage.module.css'
import { PickMember } from './PickMember'

/** Gives somebody a role. Where they hold one that excludes it, says which, who else holds that, and the ways out. */
export function AppointDialog({
  role,
  roles,
  onClose,
}: {
  role: RoleToFill
  roles: RoleToFill[]
  onClose: () => void
}) {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const [whom, setWhom] = useState<Member | null>(null)
  const give = useMutation(assignRole)
  const title = t('setup.appointTitle', { role: names.ofRole(role.role) })
  // Whether they could be given it, from what would refuse it.
  const offers = useQuery({ ...offersQuery(whom?.id ?? ''), enabled: whom !== null })
  const offer = whom ? offers.data?.find((o) => o.role === role.role) : undefined
  const isReady = offer?.assign.allowed === true && !offer.held
  const ends = {
    onSuccess: () => {
      onClose()
      tell.done(t('setup.appointed'))
    },
    onError: tell.failed,
  }
  return (
    <Modal
      open
      title={title}
      okText={t('setup.appoint')}
      cancelText={t('ui.cancel')}
      okButtonProps={{ disabled: !isReady, loading: give.isPending }}
      onOk={() => whom && give.mutate({ membership_id: whom.id, role: role.role }, ends)}
      onCancel={onClose}
      width={520}
    >
      <div className={css.source}>
        <PickMember label={t('setup.appointWhom')} value={whom} onChange={setWhom} autoFocus />
        <div role="status" className={css.source}>
          {offer?.held && <p className={css.faint}>{t('people.heldAlready')}</p>}
          {offer && !offer.held && !offer.assign.allowed && !offer.excluded_by && (
            <p className={css.missing}>{word('problems', offer.assign.why)}</p>
          )}
          {whom && offer?.excluded_by && (
            <Excluded
              role={role}
              roles={roles}
              whom={whom}
              offer={offer}
              busy={give.isPending}
              onMove={() =>
                give.mutate(
                  {
                    membership_id: whom.id,
                    role: role.role,
                    instead_of: offer.in_the_way.map((held) => held.assignment),
                  },
                  ends,
                )
              }
            />
          )}
        </div>
      </div>
    </Modal>
  )
}

function Excluded(props: {
  role: RoleToFill
  roles: RoleToFill[]
  whom: Member
  offer: RoleOffer
  busy: boolean
  onMove: () => void
}) {
  const { role, roles, whom, offer, busy, onMove } = props
  const { t } = useTranslation()
  const names = usePackNames()
  const who = whom.name ?? whom.staff_number
  const inTheWay = inTheWayOf(role, whom)
  const other = inTheWay.map(names.ofRole).join(t('ui.and'))
  const others = roles
    .filter((r) => inTheWay.includes(r.role))
    .map((r) => ({ r, names: r.held_by.filter((m) => m.id !== whom.id).map((m) => m.name ?? m.staff_number ?? '') }))
  return (
    <div className={css.explain}>
      <p>{t('setup.excluded', { who, other, role: names.ofRole(role.role) })}</p>
      <p>{inLanguage(offer.reason_zh ?? '', offer.reason_en ?? '')}</p>
      <Clauses ids={offer.clauses} />
      <p>{t('setup.waysOut')}</p>
      <ul>
        <li>{t('setup.wayOther', { other })}</li>
        <li>
          {t('setup.wayMove', { who, other })}{' '}
          {others.map(({ r, names: still }) =>
            still.length > 0
              ? t('setup.othersHold', { other: names.ofRole(r.role), names: still.join(t('ui.listComma')) })
              : t('setup.noOtherHolds', { other: names.ofRole(r.role) }),
          )}
        </li>
      </ul>
      <Button danger loading={busy} onClick={onMove}>
        {t('setup.takeAwayAndAppoint')}
      </Button>
    </div>
  )
}

/** Of several roles that exclude it, the one that is named is not enough. */
const inTheWayOf = (role: RoleToFill, whom: Member) => whom.roles.filter((held) => role.excludes.includes(held))
