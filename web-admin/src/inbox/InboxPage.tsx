import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Card, inboxQuery, type Tab } from '@/api/queries/inbox'
import { usePowers } from '@/api/queries/powers'
import { number } from '@/ui/format'
import { ahead, later } from '@/ui/later'
import { Failed, Loading, Notice, Page } from '@/ui/Page'
import tabs from '@/ui/PartNav.module.css'
import { differs } from './alike'
import { BatchBar } from './BatchBar'
import { CardList } from './CardList'
import { CardPane } from './CardPane'
import { sendNow, useHeld } from './held'
import css from './InboxPage.module.css'
import { SetUpHint } from './SetUpHint'
import { useCardActs } from './useCardActs'
import { useInboxKeys } from './useInboxKeys'

/** Asked for before it is needed, as soon as a hand moves: a key that opens it must not wait, nor the first look at the list. */
const loadDialogs = () => import('./CardDialogs')
const CardDialogs = later(loadDialogs)

const TABS: Tab[] = ['open', 'waiting', 'done']

/** 待办: everything that waits for me, that I asked for, or that I decided lately; a list and the card in focus. */
export function InboxPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/inbox' })
  const search = useSearch({ from: '/shell/inbox' })
  const tab: Tab = search.tab ?? 'open'
  const list = useInfiniteQuery(inboxQuery(tab))
  const held = useHeld()
  const cards = useMemo(() => {
    const gone = new Set(held.filter((h) => h.state !== 'failed').flatMap((h) => h.cards.map((c) => c.id)))
    const all = list.data?.pages.flatMap((page) => page.items) ?? []
    return tab === 'open' ? all.filter((c) => !gone.has(c.id)) : all
  }, [list.data, held, tab])
  const current = cards.find((c) => c.id === search.card) ?? cards[0]

  const [ticked, setTicked] = useState<Card[]>([])
  // What was decided meanwhile, by whomever, is selected no more.
  const selected = tab === 'open' ? ticked.filter((one) => cards.some((c) => c.id === one.id)) : []
  // Whoever goes elsewhere cannot take back any more.
  useEffect(() => {
    const moved = new AbortController()
    for (const move of ['pointermove', 'pointerdown', 'keydown', 'focusin']) {
      addEventListener(move, () => ahead(loadDialogs), { once: true, signal: moved.signal })
    }
    return () => {
      moved.abort()
      void sendNow()
    }
  }, [])

  const focus = (card: Card | undefined) => {
    void navigate({ search: (s) => ({ ...s, card: card?.id }), replace: true, resetScroll: false })
    wanted.current = card?.id ?? null
  }
  const wanted = useRef<string | null>(null)
  useEffect(() => {
    if (!wanted.current) return
    const row = document.querySelector<HTMLElement>(`[data-card="${wanted.current}"]`)
    row?.focus({ preventScroll: true })
    row?.scrollIntoView({ block: 'nearest' })
    wanted.current = null
  })

  const acts = useCardActs({
    current,
    selected,
    /** Goes on to the next card that stays. */
    moveOn: (gone) => {
      const at = cards.findIndex((c) => c.id === (current?.id ?? ''))
      const stays = (c: Card) => !gone.some((g) => g.id === c.id)
      focus(cards.slice(at).find(stays) ?? cards.slice(0, Math.max(at, 0)).findLast(stays))
      setTicked([])
    },
    cameBack: (back) => focus(back[0]),
  })
  const select = (card: Card) => {
    const isIn = selected.some((s) => s.id === card.id)
    const why = isIn ? null : differs(card, selected[0])
    if (why) acts.tellWhy(why)
    else setTicked(isIn ? selected.filter((s) => s.id !== card.id) : [...selected, card])
  }
  useInboxKeys({
    move: (step) => {
      const at = cards.findIndex((c) => c.id === current?.id)
      const next = cards[Math.max(0, Math.min(cards.length - 1, at + step))]
      if (next) focus(next)
    },
    select: () => tab === 'open' && current && select(current),
    clear: () => setTicked([]),
    undo: acts.undo,
    doing: acts.doing,
  })

  const counts = list.data?.pages[0]?.counts
  const pending = held.filter((h) => h.state !== 'failed').reduce((n, h) => n + h.cards.length, 0)
  return (
    <Page
      title={t('shell.inbox')}
      tools={
        <nav className={tabs.parts} aria-label={t('inbox.lists')}>
          {TABS.map((one) => (
            <Link
              key={one}
              to="/inbox"
              search={{ tab: one === 'open' ? undefined : one }}
              activeOptions={{ explicitUndefined: true }}
            >
              {t(`inbox.tabs.${one}`)}
              {counts && <Count n={one === 'open' ? counts.open - pending : counts[one]} to={counts.counted_to} />}
            </Link>
          ))}
        </nav>
      }
    >
      <div className={css.body}>
        <SetUpHint />
        {list.isError ? (
          <Failed error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isPending ? (
          <Loading />
        ) : !current ? (
          <Empty tab={tab} />
        ) : (
          <>
            <BatchBar selected={selected} doing={acts.doing} onClear={() => setTicked([])} />
            <div className={css.split} data-opened={search.card !== undefined}>
              <div className={css.list}>
                <CardList
                  tab={tab}
                  cards={cards}
                  current={current}
                  selected={selected}
                  onSelect={select}
                  // Where list and card lie side by side, whoever tabs through the list sees each card.
                  onFocus={(card) => window.matchMedia('(min-width: 901px)').matches && focus(card)}
                  more={{
                    has: list.hasNextPage,
                    loading: list.isFetchingNextPage,
                    load: () => void list.fetchNextPage(),
                  }}
                />
              </div>
              <div className={css.pane}>
                <CardPane key={current.id} card={current} tab={tab} doing={acts.doing} />
              </div>
            </div>
          </>
        )}
        <Suspense>{acts.asked && <CardDialogs acts={acts} />}</Suspense>
      </div>
    </Page>
  )
}

function Count({ n, to }: { n: number; to: number }) {
  const { t } = useTranslation()
  if (n <= 0) return null
  return <span className={css.count}>{n >= to ? t('inbox.counted', { n: number(to) }) : number(n)}</span>
}

function Empty({ tab }: { tab: Tab }) {
  const { t } = useTranslation()
  const powers = usePowers()
  return (
    <Notice title={t(`inbox.empty.${tab}`)}>
      <p>{t(`inbox.emptyHelp.${tab}`)}</p>
      {tab === 'open' && (
        <>
          {powers.has('departures.read') && <Link to="/departures">{t('inbox.emptyNext')}</Link>}
          <p>{t('inbox.emptyKeys')}</p>
        </>
      )}
    </Notice>
  )
}
