import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { endHold, type Hold, holdsQuery } from '@/api/queries/holdings'
import { usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { patternWords } from '@/packs/words'
import { Act } from '@/ui/Act'
import { type Column, DataTable } from '@/ui/DataTable'
import { instant } from '@/ui/format'
import { Loaded, Notice, Page } from '@/ui/Page'
import { Person } from '@/ui/Person'
import { ReasonDialog } from '@/ui/ReasonDialog'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import { Parts } from './Frame'
import { PlaceHold } from './PlaceHold'

/** 保全: what suspends every deletion that it covers, since when, for which matter, and whether its end is asked for. */
export function HoldsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/holdings/holds' })
  const { place } = useSearch({ from: '/shell/holdings/holds' })
  const powers = usePowers()
  const holds = useQuery(holdsQuery)
  const [ending, setEnding] = useState<Hold | null>(null)
  const can = { allowed: powers.has('holds.manage'), why: 'power.missing' }
  const add = (
    <Act
      can={can}
      type="primary"
      label={t('holdings.placeHold')}
      onClick={() => void navigate({ search: { place: 'anybody' } })}
    />
  )
  return (
    <Page title={t('holdings.places.holds')} actions={add} tools={<Parts />}>
      <Loaded
        query={holds}
        isEmpty={(all) => all.length === 0}
        empty={
          <Notice title={t('holdings.noHolds')}>
            <p>{t('holdings.holdsHelp')}</p>
          </Notice>
        }
      >
        {(all) => <List all={all} can={can} onEnd={setEnding} />}
      </Loaded>
      {place && (
        <PlaceHold
          subject={place === 'anybody' ? undefined : place}
          onClose={() => void navigate({ search: {}, replace: true })}
        />
      )}
      {ending && <Ending hold={ending} onClose={() => setEnding(null)} />}
    </Page>
  )
}

function List({
  all,
  can,
  onEnd,
}: {
  all: Hold[]
  can: { allowed: boolean; why?: string }
  onEnd: (hold: Hold) => void
}) {
  const { t } = useTranslation()
  const names = usePackNames()
  const columns: Column<Hold>[] = [
    { key: 'matter', title: t('holdings.matterTitle'), cell: (h) => <bdi className={shared.brief}>{h.reason}</bdi> },
    {
      key: 'whose',
      title: t('holdings.whose'),
      width: '20%',
      cell: (h) =>
        h.subject ? (
          <Link to="/holdings/of/$subject" params={{ subject: h.subject.id }} search={{}}>
            <Person name={h.subject.name} number={h.subject.staff_number} />
          </Link>
        ) : (
          t('instructions.everybody')
        ),
    },
    {
      key: 'classes',
      title: t('instructions.classes'),
      width: '18%',
      wideOnly: true,
      cell: (h) => (h.class_pattern ? patternWords([h.class_pattern], names) : t('instructions.everyClass')),
    },
    {
      key: 'since',
      title: t('holdings.since'),
      width: '20%',
      wideOnly: true,
      cell: (h) => (
        <span className={shared.line}>
          {instant(h.placed_at)}
          {h.placer && <Person name={h.placer.name} />}
        </span>
      ),
    },
    {
      key: 'acts',
      title: t('holdings.end'),
      width: '150px',
      cell: (h) =>
        h.ending ? (
          <Link to="/instructions/$id" params={{ id: h.ending }}>
            {t('holdings.endWaits')}
          </Link>
        ) : (
          <Act can={can} size="small" label={t('holdings.askEnd')} onClick={() => onEnd(h)} />
        ),
    },
  ]
  return <DataTable label={t('holdings.places.holds')} columns={columns} rows={all} rowKey={(h) => h.id} />
}

function Ending({ hold, onClose }: { hold: Hold; onClose: () => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const end = useMutation(endHold)
  return (
    <ReasonDialog
      title={t('holdings.endTitle', { reason: hold.reason })}
      consequence={t('holdings.endMeans')}
      confirm={t('holdings.askEnd')}
      danger
      busy={end.isPending}
      onConfirm={(reason) =>
        end.mutate(
          { id: hold.id, reason },
          {
            onSuccess: (i) => {
              tell.done(i.state === 'pending' ? t('holdings.endAsked') : t('holdings.ended'))
              onClose()
            },
            onError: tell.failed,
          },
        )
      }
      onClose={onClose}
    />
  )
}
