import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Checkbox, Input, Modal, Radio } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { memberQuery } from '@/api/queries/find'
import { usePackNames } from '@/api/queries/pack'
import { assignRole, type Member, offersQuery, type RoleOffer } from '@/api/queries/people'
import { word } from '@/i18n'
import { OneDepartmentSelect } from '@/instructions/DepartmentSelect'
import type { Chosen } from '@/instructions/draft'
import { MemberSelect } from '@/instructions/MemberSelect'
import { inLanguage } from '@/packs/words'
import { Rehearse } from '@/rehearsals/Rehearse'
import { Act } from '@/ui/Act'
import { Clauses } from '@/ui/Clauses'
import { dayOf, instantOf } from '@/ui/format'
import { Loaded } from '@/ui/Page'
import { Strip } from '@/ui/Strip'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import css from './People.module.css'

/** Appoints: whom and as what. A role that is excluded says by which, why, and what the ways out are. */
export function AssignDialog({
  member: preset,
  role: presetRole,
  onClose,
}: {
  member?: Member
  role?: string
  onClose: () => void
}) {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const untilId = useId()
  const [chosen, setChosen] = useState<Chosen | undefined>()
  const [role, setRole] = useState(presetRole)
  const [until, setUntil] = useState<string | null>(null)
  const [department, setDepartment] = useState<string | null>(null)
  const id = preset?.id ?? chosen?.value
  const found = useQuery({ ...memberQuery(id ?? ''), enabled: id !== undefined && !preset })
  const member = preset ?? found.data
  const offers = useQuery({ ...offersQuery(id ?? ''), enabled: id !== undefined })
  const offer = offers.data?.find((o) => o.role === role)
  const bounded = offer?.by_department === true && department !== null
  const assign = useMutation(assignRole)
  const name = member?.name ?? member?.staff_number ?? ''
  const end = until ? endOf(until) : undefined
  const give = (instead_of: string[]) =>
    id &&
    role &&
    assign.mutate(
      { membership_id: id, role, until: end, department_id: bounded ? department : null, instead_of },
      {
        onSuccess: () => {
          tell.done(t('people.assigned', { name, role: names.ofRole(role) }))
          onClose()
        },
        onError: tell.failed,
      },
    )
  const isNew = offer?.assign.allowed === true && (bounded || !offer.held)
  const ready = isNew && (until === null || end !== undefined) && (!bounded || department !== '')
  return (
    <Modal
      open
      title={preset ? t('people.assignTo', { name }) : t('people.assign')}
      okText={t('people.assign')}
      okButtonProps={{ disabled: !ready, loading: assign.isPending }}
      cancelText={t('ui.cancel')}
      onCancel={onClose}
      width={560}
      onOk={() => give([])}
    >
      <div className={shared.stack}>
        {!preset && (
          // biome-ignore lint/a11y/noLabelWithoutControl: the select inside carries its own name
          <label className={css.list}>
            {t('people.whom')}
            <MemberSelect
              by="membership"
              label={t('people.whom')}
              value={chosen}
              onChange={(c) => setChosen(Array.isArray(c) ? c[0] : c?.value ? c : undefined)}
            />
          </label>
        )}
        {id && (
          <Loaded query={offers}>
            {(all) => (
              <Radio.Group
                className={css.list}
                value={role}
                aria-label={t('people.asWhat')}
                onChange={(e) => setRole(e.target.value)}
              >
                {all.map((o) => (
                  <div key={o.role}>
                    <Radio value={o.role}>
                      {names.ofRole(o.role)} <State o={o} />
                    </Radio>
                  </div>
                ))}
              </Radio.Group>
            )}
          </Loaded>
        )}
        {offer && !offer.assign.allowed && (
          <WhyNot
            o={offer}
            name={name}
            busy={assign.isPending}
            onInstead={() => give(offer.in_the_way.map((held) => held.assignment))}
          />
        )}
        {offer?.assign.allowed && offer.by_department && (
          <>
            <Checkbox checked={department !== null} onChange={(e) => setDepartment(e.target.checked ? '' : null)}>
              {t('people.forDepartment')}
            </Checkbox>
            {department !== null && (
              <>
                <OneDepartmentSelect
                  label={t('people.department')}
                  value={department || undefined}
                  onChange={setDepartment}
                />
                <p className={shared.soft}>{t('people.forDepartmentMeans')}</p>
              </>
            )}
          </>
        )}
        {id && offer && isNew && department !== '' && (
          <Rehearse
            change={{
              kind: 'assignment',
              membership_id: id,
              role: offer.role,
              department_id: bounded ? department : null,
            }}
          />
        )}
        {isNew && (
          <div className={shared.line}>
            <Checkbox checked={until !== null} onChange={(e) => setUntil(e.target.checked ? '' : null)}>
              {t('people.standsIn')}
            </Checkbox>
            {until !== null && (
              <Input
                id={untilId}
                type="date"
                aria-label={t('people.lastDayOfRole')}
                style={{ width: 160 }}
                min={dayOf(new Date())}
                value={until}
                onChange={(e) => setUntil(e.target.value)}
              />
            )}
          </div>
        )}
      </div>
    </Modal>
  )
}

function State({ o }: { o: RoleOffer }) {
  const { t } = useTranslation()
  const names = usePackNames()
  if (o.held) return <span className={shared.note}>{t('people.heldAlready')}</span>
  if (o.excluded_by) {
    return <span className={shared.note}>{t('people.excludedBy', { role: names.ofRole(o.excluded_by) })}</span>
  }
  return null
}

function WhyNot({ o, name, busy, onInstead }: { o: RoleOffer; name: string; busy: boolean; onInstead: () => void }) {
  const { t } = useTranslation()
  const names = usePackNames()
  if (!o.excluded_by) return <Strip tone="danger">{word('problems', o.assign.why)}</Strip>
  const pair = { name, wanted: names.ofRole(o.role), held: names.ofRole(o.excluded_by) }
  return (
    <Strip tone="danger">
      <div className={css.list}>
        <p>{t('people.excludedWhy', pair)}</p>
        <p>{inLanguage(o.reason_zh ?? '', o.reason_en ?? '')}</p>
        <p>{t('people.waysOut', pair)}</p>
        <Link to="/people/roles" search={{ role: o.role, against: o.excluded_by }}>
          {t('people.toPair')}
        </Link>
        <Clauses ids={o.clauses} />
        <div>
          <Act
            can={o.instead}
            danger
            loading={busy}
            label={t('people.insteadOf', { held: o.in_the_way.map((h) => names.ofRole(h.role)).join(t('ui.and')) })}
            onClick={onInstead}
          />
        </div>
      </div>
    </Strip>
  )
}

/** The day that is named is the last one: it ends as the next begins. */
function endOf(day: string): string | undefined {
  const next = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(next.getTime())) return undefined
  next.setUTCDate(next.getUTCDate() + 1)
  return instantOf(next.toISOString().slice(0, 10)) ?? undefined
}
