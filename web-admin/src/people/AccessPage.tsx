import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { AutoComplete, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { memberQuery } from '@/api/queries/find'
import { type OverviewRow, overviewQuery } from '@/api/queries/overview'
import { usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { MemberSelect } from '@/instructions/MemberSelect'
import { inLanguage } from '@/packs/words'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { instant, number } from '@/ui/format'
import { Loaded, Notice, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import { rich } from '@/ui/rich'
import { Strip } from '@/ui/Strip'
import shared from '@/ui/shared.module.css'
import { useSettled } from '@/ui/useSettled'
import css from './Certification.module.css'
import { Parts } from './Parts'

const OPERATIONS = ['read', 'reveal', 'correct', 'export'] as const
const PURPOSES = ['payroll', 'audit', 'complaint', 'hr', 'incident']
/** Classes named before the rest is counted. */
const NAMED = 12

/** "Who can see this?" and "what can this person see?", as decisions would answer now. */
export function AccessPage() {
  const { t } = useTranslation()
  const names = usePackNames()
  const navigate = useNavigate({ from: '/people/access' })
  const asked = useSearch({ from: '/shell/people/access' })
  const [purpose, setPurpose] = useState(asked.purpose ?? '')
  const settled = useSettled(purpose.trim())
  const query = useQuery(overviewQuery({ ...asked, purpose: settled || undefined }))
  const member = useQuery({ ...memberQuery(asked.member ?? ''), enabled: asked.member !== undefined })
  const isAsked = Boolean(asked.class ?? asked.holding ?? asked.member)
  const set = (part: typeof asked) => void navigate({ search: (before) => ({ ...before, ...part }) })
  return (
    <Page title={t('access.title')} tools={<Parts />}>
      <div className={css.form}>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the select inside carries its own name */}
        <label className={css.field}>
          {t('access.class')}
          <Select
            aria-label={t('access.class')}
            showSearch={{ optionFilterProp: 'label' }}
            allowClear
            value={asked.class}
            options={names.classes.map((c) => ({ value: c.key, label: `${names.ofClass(c.key)} · ${c.key}` }))}
            onChange={(chosen: string | undefined) => set({ class: chosen, holding: undefined })}
          />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the select inside carries its own name */}
        <label className={css.field}>
          {t('access.member')}
          <MemberSelect
            by="membership"
            label={t('access.member')}
            value={
              asked.member
                ? {
                    value: asked.member,
                    label: member.data?.name ?? member.data?.staff_number ?? t('ui.nameForgotten'),
                  }
                : undefined
            }
            onChange={(chosen) => {
              const one = Array.isArray(chosen) ? chosen[0] : chosen
              set({ member: one?.value })
            }}
          />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the select inside carries its own name */}
        <label className={css.field}>
          {t('holdings.whyOperation')}
          <Select
            aria-label={t('holdings.whyOperation')}
            value={asked.operation ?? ''}
            options={[
              { value: '', label: t('access.everyOperation') },
              ...OPERATIONS.map((o) => ({ value: o as string, label: word('instructions.operations', o) })),
            ]}
            onChange={(operation) => set({ operation: operation || undefined })}
          />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the input inside carries its own name */}
        <label className={css.field}>
          {t('instructions.purpose')}
          <AutoComplete
            aria-label={t('instructions.purpose')}
            value={purpose}
            maxLength={200}
            placeholder={t('access.everyPurpose')}
            options={PURPOSES.map((p) => ({ value: p, label: word('purposes', p) }))}
            onChange={(p: string) => setPurpose(p)}
          />
        </label>
      </div>
      {asked.holding && (
        <p className={css.line}>
          {t('access.ofHolding')} <code>{asked.holding}</code>
        </p>
      )}
      <p className={shared.soft}>{t('access.help')}</p>
      {isAsked ? (
        <Loaded query={query}>
          {(found) => (
            <div className={css.stack}>
              {found.member_stands === false && <Strip>{t('access.hasLeft')}</Strip>}
              {!found.is_whole && <Strip>{t('access.notWhole')}</Strip>}
              <Rows title={t('access.permitted')} rows={found.rows.filter((r) => r.permitted)} />
              {found.rows.some((r) => !r.permitted) && (
                <Rows title={t('access.withheld')} rows={found.rows.filter((r) => !r.permitted)} />
              )}
            </div>
          )}
        </Loaded>
      ) : (
        <Notice title={t('access.nothingAsked')}>
          <p>{t('access.nothingAskedHelp')}</p>
        </Notice>
      )}
    </Page>
  )
}

function Rows({ title, rows }: { title: string; rows: OverviewRow[] }) {
  const { t } = useTranslation()
  return (
    <section className={css.section} aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p className={shared.soft}>{t('access.nobody')}</p>
      ) : (
        <ul className={css.list}>
          {rows.map((row) => (
            <Row key={keyOf(row)} row={row} />
          ))}
        </ul>
      )}
    </section>
  )
}

const keyOf = (r: OverviewRow) => [r.instruction?.id, r.operation, r.purpose, r.about?.id, r.reason].join(' ')

function Row({ row }: { row: OverviewRow }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const rest = row.classes.length - NAMED
  const operation = row.operation === '*' ? t('access.everything') : word('instructions.operations', row.operation)
  const purpose = row.purpose === '*' ? t('access.everyPurpose') : word('purposes', row.purpose)
  return (
    <li className={css.item}>
      <p>
        {rich(t(row.about ? 'access.rowAbout' : 'access.row'), {
          who: (
            <strong>{row.everybody ? names.ofRole('employee') : row.roles.map(names.ofRole).join(t('ui.and'))}</strong>
          ),
          operation,
          purpose: <bdi>{purpose}</bdi>,
          about: row.about ? <Person name={row.about.name} number={row.about.staff_number} /> : null,
        })}
      </p>
      {row.people.length > 0 && (
        <p className={css.line}>
          {row.people.map((p) => (
            <Link key={p.id} to="/people/$id" params={{ id: p.id }}>
              <Person name={p.name} number={p.staff_number} />
            </Link>
          ))}
          {row.people_in_all > row.people.length && (
            <span className={shared.note}>{t('access.morePeople', { n: number(row.people_in_all) })}</span>
          )}
        </p>
      )}
      <p className={shared.chips}>
        {row.classes.slice(0, NAMED).map((c) => (
          <span key={c.class} title={c.mask === 'none' ? undefined : word('packs.masks', c.mask)}>
            <Chip>{names.ofClass(c.class)}</Chip>
          </span>
        ))}
        {rest > 0 && <Chip tone="quiet">{t('inbox.more', { count: rest, n: number(rest) })}</Chip>}
      </p>
      {!row.permitted && (
        <p className={shared.soft}>
          {inLanguage(row.reason_zh, row.reason_en)} <code>{row.reason}</code>
        </p>
      )}
      <div className={css.line}>
        {row.instruction && (
          <Link to="/instructions/$id" params={{ id: row.instruction.id }}>
            {word('instructions.kinds', row.instruction.kind)}
          </Link>
        )}
        {row.instruction?.until && (
          <span className={shared.note}>{t('people.until', { at: instant(row.instruction.until) })}</span>
        )}
        <Clauses ids={row.permitted ? (row.instruction?.clauses ?? []) : [row.reason_clause]} />
      </div>
    </li>
  )
}
