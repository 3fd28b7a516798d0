import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import {
  askInventory,
  type Connector,
  type Inventory,
  type InventoryState,
  inventoriesQuery,
  inventoryQuery,
} from '@/api/queries/connectors'
import { type Say, word } from '@/i18n'
import { useShows } from '@/shell/inView'
import { Chip, type Tone } from '@/ui/Chip'
import { Facts } from '@/ui/Facts'
import { day, dayOf, instant, number } from '@/ui/format'
import { Loaded } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import css from './Settings.module.css'

const TONES: Record<InventoryState, Tone> = { asked: 'accent', counting: 'accent', closed: 'plain' }
/** Locators that are named before the rest is counted. */
const NAMED = 50

/** One connector: where it is, what it was asked for, and what it has that is not known here, and the other way round. */
export function ConnectorDrawer({
  connector: c,
  opened,
  onInventory,
  onClose,
}: {
  connector: Connector
  opened: string | undefined
  onInventory: (id: string) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const tell = useTell()
  useShows('connector', c.id, c.name)
  const list = useInfiniteQuery(inventoriesQuery(c.id))
  const all = list.data?.pages.flatMap((page) => page.items) ?? []
  const shown = opened ?? all[0]?.id
  const ask = useMutation(askInventory)
  return (
    <Drawer open onClose={onClose} size={600} title={<bdi>{c.name}</bdi>}>
      <div className={css.drawer}>
        <Facts
          facts={[
            [t('settings.callback'), <code key="at">{c.callback_url}</code>],
            [t('settings.created'), day(dayOf(c.created_at))],
          ]}
        />
        <section className={css.effect} aria-labelledby="inventories">
          <div className={shared.between}>
            <h2 id="inventories">{t('settings.inventories')}</h2>
            <Button
              loading={ask.isPending}
              onClick={() =>
                ask.mutate(c.id, {
                  onSuccess: (asked) => {
                    onInventory(asked.id)
                    tell.done(t('settings.inventoryAsked'))
                  },
                  onError: tell.failed,
                })
              }
            >
              {t('settings.inventoryAsk')}
            </Button>
          </div>
          <Loaded
            query={list}
            isEmpty={() => all.length === 0}
            empty={<p className={css.faint}>{t('settings.inventoriesNone')}</p>}
          >
            {() => (
              <ul className={css.choices} aria-label={t('settings.inventories')}>
                {all.map((i) => (
                  <li key={i.id}>
                    <button type="button" aria-pressed={i.id === shown} onClick={() => onInventory(i.id)}>
                      <span>{instant(i.asked_at)}</span>
                      <Chip tone={TONES[i.state as InventoryState] ?? 'quiet'}>
                        {word('settings.inventoryStates', i.state)}
                      </Chip>
                      <span className={css.faint}>{counted(i, t)}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </Loaded>
          {list.hasNextPage && (
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('ui.more')}
            </Button>
          )}
        </section>
        {shown && <Findings connector={c.id} inventory={shown} />}
      </div>
    </Drawer>
  )
}

/** What came of an inventory, in a few words. */
function counted(i: Inventory, t: Say): string | null {
  if (i.state !== 'closed') return null
  if (i.missing_there + i.unknown_here === 0) return t('settings.inventoryAgrees', { n: number(i.known) })
  return t('settings.inventoryDiffers', { missing: number(i.missing_there), unknown: number(i.unknown_here) })
}

/** What one side has and the other has not, by its locators. */
function Findings({ connector, inventory }: { connector: string; inventory: string }) {
  const { t } = useTranslation()
  const found = useQuery(inventoryQuery(connector, inventory))
  return (
    <Loaded query={found}>
      {(i) => (
        <>
          {(['missing_there', 'unknown_here'] as const).map((kind) => {
            const locators = i.findings.filter((f) => f.kind === kind).slice(0, NAMED)
            const rest = i[kind] - locators.length
            if (locators.length === 0) return null
            return (
              <section key={kind} className={css.effect} aria-label={t(`settings.findings.${kind}`)}>
                <h2>{t(`settings.findings.${kind}`)}</h2>
                <p className={css.faint}>{t(`settings.findingsMean.${kind}`)}</p>
                <ul className={css.locators}>
                  {locators.map((f) => (
                    <li key={f.locator}>
                      <code>
                        <bdi>{f.locator}</bdi>
                      </code>
                    </li>
                  ))}
                </ul>
                {rest > 0 && <p className={css.faint}>{t('settings.findingsRest', { n: number(rest) })}</p>}
              </section>
            )
          })}
        </>
      )}
    </Loaded>
  )
}
