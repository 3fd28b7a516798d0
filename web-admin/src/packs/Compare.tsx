import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Pack, packByNameQuery, shelfQuery } from '@/api/queries/pack'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { number } from '@/ui/format'
import { Loaded } from '@/ui/Page'
import { COMPARED, type Difference, differencesIn, type Thing } from './difference'
import css from './PackPage.module.css'
import { inLanguage } from './words'

/** The pack in force against its base, or against any other on the shelf. */
export function Compare({
  pack,
  other,
  onOther,
}: {
  pack: Pack
  other: string | undefined
  onOther: (name: string) => void
}) {
  const { t } = useTranslation()
  const shelf = useQuery(shelfQuery)
  const others = (shelf.data ?? []).filter((s) => s.pack.name !== pack.pack.name)
  const name = others.find((s) => s.pack.name === other)?.pack.name ?? pack.extends[0] ?? others[0]?.pack.name
  const there = useQuery({ ...packByNameQuery(name ?? ''), enabled: name !== undefined })
  return (
    <>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the select is the control in it */}
      <label className={css.tools}>
        {t('packs.compareWith')}
        <Select
          aria-label={t('packs.compareWith')}
          value={name}
          loading={shelf.isPending}
          style={{ minWidth: 260 }}
          options={others.map((s) => ({
            value: s.pack.name,
            label: pack.extends.includes(s.pack.name)
              ? t('packs.base', { title: inLanguage(s.pack.title_zh, s.pack.title_en) })
              : inLanguage(s.pack.title_zh, s.pack.title_en),
          }))}
          onChange={onOther}
        />
      </label>
      <Loaded query={there}>{(other) => <Differences here={pack} there={other} />}</Loaded>
    </>
  )
}

function Differences({ here, there }: { here: Pack; there: Pack }) {
  const { t } = useTranslation()
  const parts = COMPARED.map((part) => ({ part, found: differencesIn(part, here, there) })).filter(
    (p) => p.found.length > 0,
  )
  if (parts.length === 0) return <p>{t('packs.same')}</p>
  return (
    <>
      {parts.map(({ part, found }) => (
        <section key={part} className={css.section}>
          <h2 className={css.family}>
            {word('packs.parts', part)}{' '}
            <span>{t('packs.differences', { count: found.length, n: number(found.length) })}</span>
          </h2>
          <ul className={css.list}>
            <Some found={found} />
          </ul>
        </section>
      ))}
    </>
  )
}

const FIRST = 30

/** The first differences of a part; the rest when somebody wants them. */
function Some({ found }: { found: Difference[] }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  return (
    <>
      {(all ? found : found.slice(0, FIRST)).map((d) => (
        <li key={d.id} className={css.rule}>
          <One d={d} />
        </li>
      ))}
      {!all && found.length > FIRST && (
        <li className={css.rule}>
          <Button type="link" size="small" onClick={() => setAll(true)}>
            {t('packs.showAll', { n: number(found.length) })}
          </Button>
        </li>
      )}
    </>
  )
}

function One({ d }: { d: Difference }) {
  const { t } = useTranslation()
  const thing = d.here ?? d.there ?? {}
  return (
    <>
      <p>
        {titleOf(thing)} <code className={css.id}>{d.id}</code>
      </p>
      {d.fields.map((f) => (
        <div key={f} className={css.change}>
          <span className={css.id}>{word('packs.fields', f)}</span>
          <del title={t('packs.there')}>{shown(d.there?.[f])}</del>
          <ins title={t('packs.here')}>{shown(d.here?.[f])}</ins>
        </div>
      ))}
      <div className={css.side}>
        {!d.there && <Chip tone="accent">{t('packs.onlyHere')}</Chip>}
        {!d.here && <Chip tone="danger">{t('packs.onlyThere')}</Chip>}
        {d.here && d.there && <Chip>{t('packs.changed')}</Chip>}
      </div>
    </>
  )
}

function titleOf(thing: Thing): string {
  const text = (zh: string, en: string) => inLanguage(String(thing[zh] ?? ''), String(thing[en] ?? ''))
  return text('name_zh', 'name_en') || text('reason_zh', 'reason_en') || text('ground_zh', 'ground_en')
}

/** A value as it stands in the pack: this is for who compares files. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (Array.isArray(value)) return value.map(shown).join(', ') || '–'
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => !(Array.isArray(v) && v.length === 0))
    return entries.map(([k, v]) => `${k}: ${shown(v)}`).join('; ') || '–'
  }
  return String(value)
}
