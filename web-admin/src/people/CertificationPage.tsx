import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  beginCertification,
  type Certification,
  type CertificationLine,
  certificationLinesQuery,
  certificationsQuery,
  decideLines,
  type LineState,
  type Verdict,
} from '@/api/queries/certification'
import { usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { type Say, word } from '@/i18n'
import { Clock } from '@/inbox/Clock'
import { Act } from '@/ui/Act'
import { Chip, type Tone } from '@/ui/Chip'
import { type Column, DataTable } from '@/ui/DataTable'
import { day, instant, number } from '@/ui/format'
import { Failed, Loaded, Loading, Notice, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import { ReasonDialog } from '@/ui/ReasonDialog'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import css from './Certification.module.css'
import { InDepartment } from './InDepartment'
import { Parts } from './Parts'

const STATES: LineState[] = ['waiting', 'kept', 'revoked', 'lapsed', 'raised', 'ended', 'carried']
const TONES: Record<LineState, Tone> = {
  waiting: 'accent',
  raised: 'danger',
  kept: 'plain',
  revoked: 'quiet',
  lapsed: 'quiet',
  ended: 'quiet',
  carried: 'quiet',
}
/** Lines that one answer settles. */
const MOST = 200

/** 权限核定: who has what, looked at once a quarter by somebody else, kept or revoked with a reason. */
export function CertificationPage() {
  const { t } = useTranslation()
  const tell = useTell()
  const navigate = useNavigate({ from: '/people/certification' })
  const search = useSearch({ from: '/shell/people/certification' })
  const powers = usePowers()
  const lists = useQuery(certificationsQuery)
  const begin = useMutation(beginCertification)
  const shown = lists.data?.find((one) => one.id === search.list) ?? lists.data?.[0]
  const isOpen = lists.data?.some((one) => one.state === 'open') ?? false
  const can = powers.has('roles.certify')
    ? { allowed: !isOpen, why: 'certification.already-open' }
    : { allowed: false, why: 'power.missing' }
  return (
    <Page
      title={t('certification.title')}
      beside={shown && <Chip tone={shown.state === 'closed' ? 'quiet' : 'accent'}>{stateOf(shown)}</Chip>}
      actions={
        <Act
          can={can}
          label={t('certification.begin')}
          loading={begin.isPending}
          onClick={() =>
            begin.mutate(undefined, {
              onSuccess: (made) => {
                tell.done(t('certification.begun'))
                void navigate({ search: { list: made.id } })
              },
              onError: tell.failed,
            })
          }
        />
      }
      tools={
        <Parts>
          {lists.data && lists.data.length > 1 && (
            <Select
              aria-label={t('certification.lists')}
              value={shown?.id}
              style={{ width: 240 }}
              options={lists.data.map((one) => ({ value: one.id, label: nameOf(one, t) }))}
              onChange={(list) => void navigate({ search: { list } })}
            />
          )}
        </Parts>
      }
    >
      <Rules />
      <Loaded
        query={lists}
        isEmpty={(all) => all.length === 0}
        empty={
          <Notice title={t('certification.none')}>
            <p>{t('certification.noneHelp')}</p>
          </Notice>
        }
      >
        {() =>
          shown && (
            <>
              <Progress list={shown} />
              <Lines key={shown.id} list={shown} />
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

const nameOf = (one: Certification, t: Say) =>
  `${one.quarter ?? t('certification.byHand')} · ${day(one.started_at.slice(0, 10))}`

const stateOf = (one: Certification) => word('certification.states', one.state)

/** What silence means, for which roles: as the pack says. */
function Rules() {
  const { t } = useTranslation()
  const names = usePackNames()
  const roles = names.roles.filter((r) => r.key !== 'employee')
  const of = (sensitive: boolean) =>
    roles
      .filter((r) => r.sensitive === sensitive)
      .map((r) => names.ofRole(r.key))
      .join(t('instructions.listAnd'))
  return (
    <p className={css.rules}>
      {t('certification.rules', { ends: of(true), raised: of(false) || t('certification.noRole') })}
    </p>
  )
}

/** How far it is, and until when. */
function Progress({ list }: { list: Certification }) {
  const { t } = useTranslation()
  const { all, waiting, raised } = list.lines
  const done = all - waiting - raised
  return (
    <section className={css.progress} aria-label={t('certification.progress')}>
      <div className={css.line}>
        <strong>{list.quarter ?? t('certification.byHand')}</strong>
        <span>{t('certification.done', { done: number(done), all: number(all) })}</span>
        {list.state === 'open' && <Clock card={list} />}
        <span className={shared.note}>
          {list.closed_at
            ? t('certification.closedAt', { at: instant(list.closed_at) })
            : t('certification.dueOn', { day: day(list.due_on) })}
        </span>
      </div>
      <progress max={Math.max(all, 1)} value={done} aria-label={t('certification.progress')} />
      <div className={css.line}>
        {STATES.filter((s) => list.lines[s] > 0).map((s) => (
          <span key={s} className={shared.note}>
            {word('certification.lineStates', s)} {number(list.lines[s])}
          </span>
        ))}
      </div>
    </section>
  )
}

const isAlike = (one: CertificationLine, other: CertificationLine) => one.kind === other.kind && one.role === other.role

function Lines({ list }: { list: Certification }) {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const navigate = useNavigate({ from: '/people/certification' })
  const search = useSearch({ from: '/shell/people/certification' })
  const filter = { state: STATES.find((s) => s === search.state), role: search.role }
  const lines = useInfiniteQuery(certificationLinesQuery(list.id, filter))
  const rows = lines.data?.pages.flatMap((page) => page.items) ?? []
  const [selected, setSelected] = useState<CertificationLine[]>([])
  const [asked, setAsked] = useState<{ verdict: Verdict; lines: CertificationLine[] } | null>(null)
  const decide = useMutation(decideLines)
  const first = selected[0]
  const isAnswerable = rows.some((l) => l.answer.allowed)
  const whatOf = (l: CertificationLine) => (l.role ? names.ofRole(l.role) : t('certification.grant'))
  const alike = first ? rows.filter((l) => l.answer.allowed && isAlike(l, first)).slice(0, MOST) : []
  const toggle = (l: CertificationLine) =>
    setSelected((all) =>
      all.some((s) => s.id === l.id) ? all.filter((s) => s.id !== l.id) : all.length < MOST ? [...all, l] : all,
    )
  const columns: Column<CertificationLine>[] = [
    {
      key: 'who',
      title: t('people.who'),
      cell: (l) => (
        <Link to="/people/$id" params={{ id: l.member.id }}>
          <Person name={l.member.name} number={l.member.staff_number} />
        </Link>
      ),
    },
    {
      key: 'what',
      title: t('certification.what'),
      width: '18%',
      cell: (l) =>
        l.instruction_id ? (
          <Link to="/instructions/$id" params={{ id: l.instruction_id }}>
            {whatOf(l)}
          </Link>
        ) : (
          <>
            {whatOf(l)} <InDepartment id={l.department_id} />
          </>
        ),
    },
    {
      key: 'since',
      title: t('people.sinceTitle'),
      width: '150px',
      wideOnly: true,
      cell: (l) => instant(l.since),
    },
    {
      key: 'by',
      title: t('people.byWhom'),
      width: '14%',
      wideOnly: true,
      cell: (l) => l.given_by && <Person name={l.given_by.name} />,
    },
    {
      key: 'silence',
      title: t('certification.silence'),
      width: '96px',
      wideOnly: true,
      cell: (l) => word('certification.silences', l.silence),
    },
    {
      key: 'state',
      title: t('departures.state'),
      width: '108px',
      cell: (l) => (
        <span title={l.reason ?? undefined}>
          <Chip tone={TONES[l.state]}>{word('certification.lineStates', l.state)}</Chip>
        </span>
      ),
    },
    {
      key: 'acts',
      title: t('certification.answer'),
      width: '148px',
      cell: (l) =>
        l.state === 'waiting' || l.state === 'raised' ? (
          <span className={css.acts}>
            <Act
              can={l.answer}
              size="small"
              label={t('certification.keep')}
              onClick={() => setAsked({ verdict: 'keep', lines: [l] })}
            />
            <Act
              can={l.answer}
              size="small"
              danger
              label={t('certification.revoke')}
              onClick={() => setAsked({ verdict: 'revoke', lines: [l] })}
            />
          </span>
        ) : (
          l.decided_by && <Person name={l.decided_by.name} />
        ),
    },
  ]
  if (isAnswerable) {
    columns.unshift({
      key: 'select',
      title: t('certification.pick'),
      width: '56px',
      cell: (l) => {
        if (!l.answer.allowed) return null
        const differs = first !== undefined && !isAlike(l, first)
        const name = l.member.name ?? l.member.staff_number ?? t('ui.nameForgotten')
        const label = t('certification.select', { name, what: whatOf(l) })
        return (
          <span title={differs ? t('certification.differs') : undefined}>
            <input
              type="checkbox"
              checked={selected.some((s) => s.id === l.id)}
              aria-disabled={differs}
              aria-label={differs ? `${label}. ${t('certification.differs')}` : label}
              onChange={() => (differs ? tell.note(t('certification.differs')) : toggle(l))}
            />
          </span>
        )
      },
    })
  }
  return (
    <section className={css.section} aria-labelledby="certification-lines">
      <div className={shared.between}>
        <h2 id="certification-lines">{t('certification.lines')}</h2>
        <div className={css.line}>
          <Select
            aria-label={t('departures.filterState')}
            value={filter.state ?? ''}
            style={{ width: 150 }}
            options={[
              { value: '', label: t('departures.everyState') },
              ...STATES.map((s) => ({ value: s, label: word('certification.lineStates', s) })),
            ]}
            onChange={(s) => void navigate({ search: (before) => ({ ...before, state: s || undefined }) })}
          />
          <Select
            aria-label={t('people.filterRole')}
            value={filter.role ?? ''}
            style={{ width: 180 }}
            options={[
              { value: '', label: t('people.everyRole') },
              ...names.roles
                .filter((r) => r.key !== 'employee')
                .map((r) => ({ value: r.key, label: names.ofRole(r.key) })),
            ]}
            onChange={(r) => void navigate({ search: (before) => ({ ...before, role: r || undefined }) })}
          />
        </div>
      </div>
      {first && (
        <div className={css.batch} role="status">
          <span>
            {t('certification.selected', { count: selected.length, n: number(selected.length), what: whatOf(first) })}
          </span>
          <Button type="primary" onClick={() => setAsked({ verdict: 'keep', lines: selected })}>
            {t('certification.keepAll')}
          </Button>
          {alike.length > selected.length && (
            <Button onClick={() => setSelected(alike)}>
              {t('certification.selectAlike', { n: number(alike.length), what: whatOf(first) })}
            </Button>
          )}
          <Button onClick={() => setSelected([])}>{t('certification.clear')}</Button>
        </div>
      )}
      {lines.isError ? (
        <Failed error={lines.error} onRetry={() => void lines.refetch()} />
      ) : lines.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Notice title={t('certification.noLines')} />
      ) : (
        <DataTable
          label={t('certification.lines')}
          columns={columns}
          rows={rows}
          rowKey={(l) => l.id}
          more={{ has: lines.hasNextPage, loading: lines.isFetchingNextPage, load: () => void lines.fetchNextPage() }}
        />
      )}
      {asked?.lines[0] && (
        <ReasonDialog
          title={t(asked.verdict === 'keep' ? 'certification.keepTitle' : 'certification.revokeTitle', {
            what: whatOf(asked.lines[0]),
          })}
          consequence={
            <>
              <p>{t(asked.verdict === 'keep' ? 'certification.keepMeans' : 'certification.revokeMeans')}</p>
              <p className={shared.soft}>
                {asked.lines
                  .slice(0, 10)
                  .map((l) => l.member.name ?? l.member.staff_number ?? t('ui.nameForgotten'))
                  .join(t('ui.listComma'))}
                {asked.lines.length > 10 && t('certification.andMore', { n: number(asked.lines.length - 10) })}
              </p>
            </>
          }
          confirm={t(asked.verdict === 'keep' ? 'certification.keep' : 'certification.revoke')}
          danger={asked.verdict === 'revoke'}
          busy={decide.isPending}
          onConfirm={(reason) =>
            decide.mutate(
              { id: list.id, lines: asked.lines.map((l) => l.id), verdict: asked.verdict, reason },
              {
                onSuccess: () => {
                  setAsked(null)
                  setSelected([])
                  tell.done(t(asked.verdict === 'keep' ? 'certification.kept' : 'certification.revoked'))
                },
                onError: tell.failed,
              },
            )
          }
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  )
}
