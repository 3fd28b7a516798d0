import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type MyDeparture, myDeparturesQuery } from '@/api/queries/my'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { day } from '@/ui/format'
import { Loaded, Notice } from '@/ui/Page'
import { Download } from './Download'
import css from './My.module.css'
import { MyPage } from './MyPage'
import { Why } from './Why'
import { itemsOf, nameOf, spanOf } from './words'

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
  return (
    <section className={css.part}>
      <div className={css.two}>
        <h2>{t('my.lastDay', { day: day(departure.last_day) })}</h2>
        <Chip tone={departure.state === 'completed' ? 'plain' : 'accent'}>
          {departure.state === 'completed' ? t('my.done') : t('my.running')}
        </Chip>
      </div>
      {departure.lines.length === 0 && <p className={css.soft}>{t('my.notYet')}</p>}
      <ul className={css.cards}>
        {departure.lines.map((l) => (
          <li key={`${l.class.key} ${l.disposition} ${l.controller} ${l.first_at ?? ''}`} className={css.card}>
            <div className={css.top}>
              <h3>{nameOf(l.class)}</h3>
              <span className={css.chips}>
                <Chip tone={l.disposition === 'delete' ? 'danger' : 'plain'}>
                  {word('my.dispositions', l.disposition)}
                </Chip>
                {l.state !== 'done' && <Chip tone="quiet">{t(`my.lineStates.${l.state}`)}</Chip>}
              </span>
            </div>
            <p className={css.counts}>
              {[itemsOf(t, l.items), spanOf(t, l.first_at, l.last_at)].filter(Boolean).join(' · ')}
            </p>
            {l.retain_until && (
              <strong>
                {l.then
                  ? t('my.keptUntil', { day: day(l.retain_until), fate: word('my.fates', l.then) })
                  : t('my.keptUntilOnly', { day: day(l.retain_until) })}
              </strong>
            )}
            {l.why.map((why) => (
              <Why key={why.zh} why={why} />
            ))}
          </li>
        ))}
      </ul>
    </section>
  )
}
