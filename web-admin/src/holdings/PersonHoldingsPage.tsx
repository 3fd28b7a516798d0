import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { type HeldClass, heldClassesQuery } from '@/api/queries/holdings'
import { usePackNames } from '@/api/queries/pack'
import { tenuresQuery } from '@/api/queries/people'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { STATE_TONES } from '@/people/states'
import { useShows } from '@/shell/inView'
import { Act } from '@/ui/Act'
import { Chip } from '@/ui/Chip'
import { bytes, number } from '@/ui/format'
import { Loaded, Notice, Page } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import { HoldingDrawer } from './HoldingDrawer'
import css from './Holdings.module.css'
import { RulingChip } from './RulingChip'
import { Sides } from './Sides'

/** What is held about one person: by class, and inside a class one by one. */
export function PersonHoldingsPage() {
  const { t } = useTranslation()
  const { subject } = useParams({ from: '/shell/holdings/of/$subject' })
  const search = useSearch({ from: '/shell/holdings/of/$subject' })
  const navigate = useNavigate({ from: '/holdings/of/$subject' })
  const powers = usePowers()
  const tenures = useQuery({ ...tenuresQuery(subject), enabled: powers.has('members.read') })
  const held = useQuery(heldClassesQuery(subject))
  const newest = tenures.data?.at(-1)
  const name = newest?.name ?? newest?.staff_number ?? t('ui.nameForgotten')
  useShows('subject', subject, newest ? name : undefined)
  return (
    <Page
      title={newest ? t('holdings.of', { name }) : t('holdings.title')}
      beside={newest && <Chip tone={STATE_TONES[newest.state]}>{word('people.states', newest.state)}</Chip>}
      actions={
        <>
          {newest && powers.has('members.read') && (
            <Link to="/people/$id" params={{ id: newest.id }} className={css.way}>
              {t('holdings.toMember')}
            </Link>
          )}
          <Act
            can={{ allowed: powers.has('holds.manage'), why: 'power.missing' }}
            label={t('holdings.placeHold')}
            onClick={() => void navigate({ to: '/holdings/holds', search: { place: subject } })}
          />
        </>
      }
    >
      <Loaded
        query={held}
        isEmpty={(all) => all.length === 0}
        empty={
          <Notice title={t('holdings.nothing')}>
            <p>{t('holdings.nothingHelp')}</p>
          </Notice>
        }
      >
        {(all) => (
          <div className={css.two} data-chosen={search.class !== undefined}>
            <nav className={css.nav} aria-label={t('instructions.classes')}>
              <Segmented<(typeof CONTROLS)[number]>
                value={search.control ?? 'all'}
                options={CONTROLS.map((key) => ({ value: key, label: t(`holdings.control_.${key}`) }))}
                onChange={(key) =>
                  void navigate({ search: (s) => ({ ...s, control: key === 'all' ? undefined : key }) })
                }
              />
              <Families all={all.filter((c) => isUnder(c, search.control))} chosen={search.class} />
            </nav>
            <div className={css.side}>
              {search.class ? (
                <Sides subject={subject} cls={search.class} control={search.control} chosen={search.holding} />
              ) : (
                <Notice title={t('holdings.chooseClass', { n: number(all.length) })}>
                  <p>{t('holdings.chooseClassHelp')}</p>
                </Notice>
              )}
            </div>
          </div>
        )}
      </Loaded>
      {search.holding && (
        <HoldingDrawer
          id={search.holding}
          subject={subject}
          tab={search.panel ?? 'control'}
          onTab={(tab) =>
            void navigate({ search: (s) => ({ ...s, panel: tab === 'control' ? undefined : tab }), replace: true })
          }
          onClose={() => void navigate({ search: (s) => ({ ...s, holding: undefined, panel: undefined }) })}
        />
      )}
    </Page>
  )
}

const CONTROLS = ['all', 'organisation', 'person', 'unsettled'] as const

/** Whether any of a class is ruled so. */
function isUnder(c: HeldClass, control: Exclude<(typeof CONTROLS)[number], 'all'> | undefined): boolean {
  if (!control) return true
  return c.rulings.some((r) => (r.settled ? r.controller === control : control === 'unsettled'))
}

/** The classes in the families that the pack puts them in, in its order. */
function Families({ all, chosen }: { all: HeldClass[]; chosen?: string }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const families = new Map<string, HeldClass[]>()
  const order = new Map(names.classes.map((c, i) => [c.key, i]))
  for (const c of all.toSorted((a, b) => (order.get(a.class) ?? 0) - (order.get(b.class) ?? 0))) {
    const family = names.dataClass(c.class)?.family ?? 'other'
    families.set(family, [...(families.get(family) ?? []), c])
  }
  if (all.length === 0) return <p className={shared.soft}>{t('holdings.noneUnder')}</p>
  return [...families].map(([family, classes]) => (
    <section key={family} className={css.family} aria-label={word('packs.families', family)}>
      <h2>{word('packs.families', family)}</h2>
      <div className={css.classes}>
        {classes.map((c) => (
          <ClassLink key={c.class} c={c} chosen={c.class === chosen} />
        ))}
      </div>
    </section>
  ))
}

function ClassLink({ c, chosen }: { c: HeldClass; chosen: boolean }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const dataClass = names.dataClass(c.class)
  const there = c.holdings - c.gone
  return (
    <Link
      from="/holdings/of/$subject"
      to="."
      search={(s) => ({ control: s.control, class: c.class })}
      className={css.class}
      aria-current={chosen ? 'true' : undefined}
      resetScroll={false}
    >
      <span className={css.head}>
        <strong>{names.ofClass(c.class)}</strong>
        <span className={css.count}>{number(there)}</span>
      </span>
      <span className={css.meta}>
        {there > 0 && (
          <span>{t('departures.itemsAndSize', { count: c.items, n: number(c.items), size: bytes(c.bytes) })}</span>
        )}
        {c.gone > 0 && <span>{t('holdings.goneCount', { count: c.gone, n: number(c.gone) })}</span>}
        {dataClass?.sensitive && <Chip tone="danger">{t('instructions.sensitive')}</Chip>}
        {c.held && <Chip tone="accent">{t('departures.held')}</Chip>}
      </span>
      <span className={css.meta}>
        {c.rulings.slice(0, 2).map((r) => (
          <RulingChip key={`${r.controller} ${r.rule} ${r.settled}`} ruling={r} />
        ))}
        {c.rulings.length > 2 && (
          <span>{t('holdings.moreRulings', { count: c.rulings.length - 2, n: number(c.rulings.length - 2) })}</span>
        )}
      </span>
    </Link>
  )
}
