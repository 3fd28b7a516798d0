import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Pack, packQuery } from '@/api/queries/pack'
import { currentLanguage } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { Loaded, Page } from '@/ui/Page'
import { PartNav } from '@/ui/PartNav'
import { SearchBox } from '@/ui/SearchBox'
import { Approvals } from './Approvals'
import { Classes } from './Classes'
import { Compare } from './Compare'
import { Control } from './Control'
import { Departures } from './Departures'
import css from './PackPage.module.css'
import { Roles } from './Roles'
import { Schedules } from './Schedules'
import { Try } from './Try'

export const PARTS = ['control', 'classes', 'schedules', 'departures', 'approvals', 'roles', 'compare', 'try'] as const
export type Part = (typeof PARTS)[number]
const SEARCHED: readonly Part[] = ['control', 'classes', 'schedules', 'departures', 'approvals']

/** 策略包: what the organisation lives by, readable: who controls what, how long it is kept, what becomes of it, whose yes it takes. */
export function PackPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/packs' })
  const search = useSearch({ from: '/shell/packs' })
  const part = PARTS.find((p) => p === search.part) ?? 'control'
  const query = useQuery(packQuery)
  const english = currentLanguage() === 'en'
  const head = query.data?.pack
  return (
    <Page
      title={t('packs.title')}
      beside={
        head && (
          <>
            <Chip tone="accent">{english ? head.title_en : head.title_zh}</Chip>
            <Chip tone="quiet">{t('packs.version', { version: head.version })}</Chip>
          </>
        )
      }
      tools={
        SEARCHED.includes(part) ? (
          <SearchBox
            label={t('packs.search')}
            placeholder={t('packs.search')}
            value={search.q ?? ''}
            onSettled={(q) => void navigate({ search: (s) => ({ ...s, q: q || undefined }), replace: true })}
          />
        ) : undefined
      }
    >
      <div className={css.page}>
        <PartNav label={t('packs.title')}>
          {PARTS.map((p) => (
            <Link
              key={p}
              to="/packs"
              search={(s) => ({ part: p === 'control' ? undefined : p, q: s.q })}
              activeOptions={{ explicitUndefined: true }}
            >
              {t(`packs.parts.${p}`)}
            </Link>
          ))}
        </PartNav>
        <Loaded query={query}>{(pack) => <Shown part={part} pack={pack} sought={search.q ?? ''} />}</Loaded>
      </div>
    </Page>
  )
}

function Shown({ part, pack, sought }: { part: Part; pack: Pack; sought: string }) {
  const navigate = useNavigate({ from: '/packs' })
  const { with: other } = useSearch({ from: '/shell/packs' })
  switch (part) {
    case 'classes':
      return <Classes pack={pack} sought={sought} />
    case 'control':
      return <Control pack={pack} sought={sought} />
    case 'schedules':
      return <Schedules pack={pack} sought={sought} />
    case 'departures':
      return <Departures pack={pack} sought={sought} />
    case 'approvals':
      return <Approvals pack={pack} sought={sought} />
    case 'roles':
      return <Roles pack={pack} />
    case 'compare':
      return (
        <Compare
          pack={pack}
          other={other}
          onOther={(name) => void navigate({ search: (s) => ({ ...s, with: name }), replace: true })}
        />
      )
    case 'try':
      return <Try pack={pack} />
  }
}
