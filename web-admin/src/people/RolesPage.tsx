import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ownRolesQuery } from '@/api/queries/ownRoles'
import { type Pack, packQuery, usePackNames } from '@/api/queries/pack'
import { type Assignment, assignmentsQuery } from '@/api/queries/people'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { inLanguage } from '@/packs/words'
import { Act } from '@/ui/Act'
import { Clauses } from '@/ui/Clauses'
import { type Column, DataTable } from '@/ui/DataTable'
import { instant } from '@/ui/format'
import { Failed, Loaded, Loading, Notice, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import shared from '@/ui/shared.module.css'
import { AssignDialog } from './AssignDialog'
import { InDepartment } from './InDepartment'
import { Revoke } from './MemberRoles'
import { OwnRoles } from './OwnRoles'
import { Parts } from './Parts'
import css from './People.module.css'
import { Separation } from './Separation'

/** 角色: which roles no one person holds together, and who holds which, since when, by whom. */
export function RolesPage() {
  const { t } = useTranslation()
  const powers = usePowers()
  const search = useSearch({ from: '/shell/people/roles' })
  const pack = useQuery(packQuery)
  const [assigning, setAssigning] = useState(false)
  return (
    <Page
      title={t('people.roles')}
      actions={
        <Act
          can={{ allowed: powers.has('roles.assign'), why: 'power.missing' }}
          type="primary"
          label={t('people.assign')}
          onClick={() => setAssigning(true)}
        />
      }
      tools={<Parts />}
    >
      <Loaded query={pack}>
        {(p) => (
          <div className={css.stack}>
            <Matrix pack={p} role={search.role} against={search.against} />
            <OwnRoles />
            <Holders role={search.role} over={search.over === true} />
            <Separation />
          </div>
        )}
      </Loaded>
      {assigning && <AssignDialog role={search.role} onClose={() => setAssigning(false)} />}
    </Page>
  )
}

function Matrix({ pack, role, against }: { pack: Pack; role?: string; against?: string }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const navigate = useNavigate({ from: '/people/roles' })
  const own = useQuery(ownRolesQuery)
  const roles = names.roles.filter((r) => r.key !== 'employee')
  const exclusions = [...pack.exclusions, ...(own.data?.exclusions ?? [])]
  const between = (a?: string, b?: string) =>
    exclusions.find((e) => a !== b && a && b && e.roles.includes(a) && e.roles.includes(b))
  const chosen = between(role, against)
  return (
    <section className={css.section} aria-labelledby="matrix">
      <h2 id="matrix">{t('packs.exclusions')}</h2>
      <p className={shared.soft}>{t('people.matrixHelp')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, and must do so by keyboard */}
      <div className={css.matrix} tabIndex={0}>
        <table>
          <caption className="sr-only">{t('packs.exclusions')}</caption>
          <thead>
            <tr>
              <td />
              {roles.map((r) => (
                <th key={r.key} scope="col" aria-current={r.key === role ? 'true' : undefined}>
                  <Link to="/people/roles" search={{ role: r.key }} resetScroll={false}>
                    {names.ofRole(r.key)}
                  </Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {roles.map((row) => (
              <tr key={row.key}>
                <th scope="row">{names.ofRole(row.key)}</th>
                {roles.map((column) => (
                  <td key={column.key}>
                    {between(row.key, column.key) ? (
                      <button
                        type="button"
                        className={css.cell}
                        aria-pressed={chosen !== undefined && role === row.key && against === column.key}
                        aria-label={t('people.pairCell', { a: names.ofRole(row.key), b: names.ofRole(column.key) })}
                        onClick={() =>
                          void navigate({ search: { role: row.key, against: column.key }, resetScroll: false })
                        }
                      >
                        {t('packs.excluded')}
                      </button>
                    ) : row === column ? (
                      '–'
                    ) : (
                      ''
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen && role && against && (
        <div className={css.card}>
          <h3>{t('people.pair', { a: names.ofRole(role), b: names.ofRole(against) })}</h3>
          <p>{inLanguage(chosen.reason_zh, chosen.reason_en)}</p>
          <Clauses ids={chosen.clause} />
          <div className={css.pair}>
            <Half role={role} />
            <Half role={against} />
          </div>
          <p className={shared.soft}>{t('people.nobodyBoth')}</p>
        </div>
      )}
    </section>
  )
}

/** Who holds one half of an excluded pair. */
function Half({ role }: { role: string }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const list = useInfiniteQuery(assignmentsQuery({ role, held: true }))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className={css.list}>
      <strong>{names.ofRole(role)}</strong>
      {list.isSuccess && rows.length === 0 && <span className={shared.soft}>{t('people.nobodyHolds')}</span>}
      {rows.map((a) => (
        <Link key={a.id} to="/people/$id" params={{ id: a.membership_id }}>
          <Person name={a.member.name} number={a.member.staff_number} />
        </Link>
      ))}
    </div>
  )
}

function Holders({ role, over }: { role?: string; over: boolean }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const navigate = useNavigate({ from: '/people/roles' })
  const list = useInfiniteQuery(assignmentsQuery({ role, held: !over }))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const columns: Column<Assignment>[] = [
    {
      key: 'who',
      title: t('people.who'),
      cell: (a) => (
        <Link to="/people/$id" params={{ id: a.membership_id }}>
          <Person name={a.member.name} number={a.member.staff_number} />
        </Link>
      ),
    },
    {
      key: 'role',
      title: t('people.role'),
      width: '17%',
      cell: (a) => (
        <span className={css.list}>
          {names.ofRole(a.role)}
          <InDepartment id={a.department_id} />
        </span>
      ),
    },
    {
      key: 'since',
      title: t('people.sinceTitle'),
      width: '128px',
      wideOnly: true,
      cell: (a) => instant(a.granted_at),
    },
    {
      key: 'by',
      title: t('people.byWhom'),
      width: '17%',
      wideOnly: true,
      cell: (a) => (
        <span className={shared.line}>
          {a.granter && <Person name={a.granter.name} />}
          <span className={shared.note}>{word('people.via', a.via)}</span>
        </span>
      ),
    },
    {
      key: 'end',
      title: over ? t('people.endTitle') : t('people.untilTitle'),
      width: '112px',
      wideOnly: true,
      cell: (a) => {
        const at = over ? (a.revoked_at ?? a.until) : a.until
        return at ? instant(at) : ''
      },
    },
  ]
  if (!over) {
    columns.push({ key: 'acts', title: t('people.revoke'), width: '96px', cell: (a) => <Revoke a={a} /> })
  }
  return (
    <section className={css.section} aria-labelledby="holders">
      <div className={css.cardHead}>
        <h2 id="holders">{role ? t('people.holdersOf', { role: names.ofRole(role) }) : t('people.holders')}</h2>
        <div className={shared.line}>
          {role && (
            <Link to="/people/roles" search={{ over: over || undefined }} resetScroll={false}>
              {t('people.allRoles')}
            </Link>
          )}
          <Segmented
            value={over ? 'over' : 'now'}
            options={[
              { value: 'now', label: t('people.heldNow') },
              { value: 'over', label: t('people.heldBefore') },
            ]}
            onChange={(v) =>
              void navigate({ search: (s) => ({ ...s, over: v === 'over' ? true : undefined }), resetScroll: false })
            }
          />
        </div>
      </div>
      {list.isError ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Notice title={t('people.nobodyHolds')}>
          <p>{t('people.nobodyHoldsHelp')}</p>
        </Notice>
      ) : (
        <DataTable
          label={t('people.holders')}
          columns={columns}
          rows={rows}
          rowKey={(a) => a.id}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        />
      )}
    </section>
  )
}
