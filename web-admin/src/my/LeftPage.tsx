import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type MyDeparture, myDeparturesQuery } from '@/api/queries/my'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { day, number } from '@/ui/format'
import { Loaded, Notice } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import { Download } from './Download'
import css from './My.module.css'
import { MyPage } from './MyPage'
import { Why } from './Why'
import { itemsOf, nameOf, spanOf } from './words'

type Line = MyDeparture['lines'][number]

/** What somebody asks for first stands first: what they get, what is kept, what is gone. */
const ORDER = ['release', 'detach', 'retain', 'hand_over', 'anonymise', 'delete']

/** After leaving: what became of what. */
export function LeftPage() {
  const { t } = useTranslation()
  const left = useQuery(myDeparturesQuery)
  return (
    <MyPage title={t('my.leftTitle')} lead={t('my.leftLead')}>
      <Download />
      <Loaded
        query={left}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Notice title={t('my.emptyLeft')}>
            <p>{t('my.emptyLeftNext')}</p>
          </Notice>
        }
      >
        {({ items }) => items.map((d) => <One key={d.id} departure={d} />)}
      </Loaded>
    </MyPage>
  )
}

function One({ departure }: { departure: MyDeparture }) {
  const { t } = useTranslation()
  const parts = ORDER.map((disposition) => departure.lines.filter((l) => l.disposition === disposition))
  const isDone = departure.state === 'completed'
  return (
    <section className={css.departure}>
      <p className={css.two}>
        <strong>{t('my.lastDay', { day: day(departure.last_day) })}</strong>
        {departure.lines.length > 0 && (
          <Chip tone={isDone ? 'plain' : 'accent'}>{isDone ? t('my.done') : t('my.running')}</Chip>
        )}
      </p>
      {departure.lines.length === 0 && <p className={shared.soft}>{t('my.notYet')}</p>}
      {parts.map(
        (lines, at) =>
          lines.length > 0 && (
            <section key={ORDER[at]} className={css.card}>
              <h2>{t('my.becomes', { what: word('my.dispositions', ORDER[at]), n: number(lines.length) })}</h2>
              {lines.map((l, n) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines of one departure have no ids here and do not move
                <LineRow key={`${l.class.key} ${n}`} line={l} />
              ))}
            </section>
          ),
      )}
    </section>
  )
}

function LineRow({ line }: { line: Line }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const fate = line.then && word('my.fates', line.then)
  return (
    <article className={css.row}>
      <div className={css.top}>
        <h3>{nameOf(line.class)}</h3>
        {line.state !== 'done' && <Chip tone="quiet">{t(`my.lineStates.${line.state}`)}</Chip>}
      </div>
      <p className={css.counts}>
        {[itemsOf(t, line.items), spanOf(t, line.first_at, line.last_at)].filter(Boolean).join(' · ')}
      </p>
      {line.disposition === 'retain' && line.retain_until && (
        <p className={css.kept}>
          {fate
            ? t('my.keptUntil', { day: day(line.retain_until), fate })
            : t('my.keptUntilOnly', { day: day(line.retain_until) })}
        </p>
      )}
      {line.why.length > 0 && (
        <div className={css.acts}>
          <Button type="link" className={css.ask} aria-expanded={open} onClick={() => setOpen((o) => !o)}>
            {t('my.why')}
          </Button>
        </div>
      )}
      {open && line.why.map((why) => <Why key={why.zh} why={why} />)}
    </article>
  )
}
