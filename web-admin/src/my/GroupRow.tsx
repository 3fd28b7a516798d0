import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MyGroup } from '@/api/queries/my'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { bytes, number } from '@/ui/format'
import shared from '@/ui/shared.module.css'
import { Contest } from './Contest'
import { Holdings } from './Holdings'
import css from './My.module.css'
import { itemsOf, keepingOf, nameOf, reasonOf, spanOf } from './words'

/** Data of one kind, under the reason whose it is: how much, until when, and what one can do about it. */
export function GroupRow({ group, answeredWithin }: { group: MyGroup; answeredWithin: number }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const name = nameOf(group.class)
  const counts = [
    itemsOf(t, group.items),
    group.bytes > 0 && bytes(group.bytes),
    spanOf(t, group.first_at, group.last_at),
  ]
  return (
    <article className={css.row}>
      <div className={css.top}>
        <h2>{name}</h2>
        <Chips group={group} />
      </div>
      <p className={css.counts}>{counts.filter(Boolean).join(' · ')}</p>
      {group.controller === 'organisation' && (
        <p className={css.kept}>{keepingOf(t, group.keeping, group.retain_until)}</p>
      )}
      <div className={css.acts}>
        <Button onClick={() => setOpen((o) => !o)} aria-expanded={open}>
          {open ? t('my.lessDetails') : t('my.details')}
        </Button>
        {group.controller === 'organisation' && (
          <Contest
            of={{ class: group.class.key }}
            can={group.can.contest}
            title={t('my.contestOf', { class: name })}
            days={answeredWithin}
          />
        )}
      </div>
      {open && (
        <>
          {group.controller === 'organisation' && group.keeping && (
            <div className={shared.soft}>
              <p>{reasonOf(group.keeping.why)}</p>
              <Clauses ids={group.keeping.why.clauses} />
            </div>
          )}
          <Holdings group={group} name={name} answeredWithin={answeredWithin} />
        </>
      )}
    </article>
  )
}

function Chips({ group }: { group: MyGroup }) {
  const { t } = useTranslation()
  const states = Object.entries(group.states).filter(([state]) => state !== 'active')
  return (
    <span className={css.chips}>
      {group.class.sensitive && <Chip>{t('my.sensitive')}</Chip>}
      {!group.settled && <Chip tone="quiet">{t('my.unsettled')}</Chip>}
      {group.settled_by && <Chip tone="quiet">{t('my.byOfficer')}</Chip>}
      {states.map(([state, n]) => (
        <Chip key={state} tone="quiet">
          {t('my.stateCount', { state: word('my.states', state), n: number(n) })}
        </Chip>
      ))}
      {group.contest && <Chip tone="accent">{t('my.underContest')}</Chip>}
    </span>
  )
}
