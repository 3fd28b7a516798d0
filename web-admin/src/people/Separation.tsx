import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { exportedSeparation, type PairChecked, separationQuery } from '@/api/queries/certification'
import { usePackNames } from '@/api/queries/pack'
import { fileName, save, taken } from '@/records/download'
import { Act } from '@/ui/Act'
import { type Column, DataTable } from '@/ui/DataTable'
import { day, instant, number } from '@/ui/format'
import { Loaded } from '@/ui/Page'
import { Person } from '@/ui/Person'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import css from './Certification.module.css'

/** That no excluded pair was ever held on any past day: computed from who held what when, by the rules of each day. */
export function Separation() {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const query = useQuery(separationQuery)
  const download = useMutation({
    mutationFn: async () => {
      const answer = await exportedSeparation()
      save(await taken(answer, () => undefined), fileName(answer, 'tenure-role-separation.json'))
    },
    onError: tell.failed,
  })
  const columns: Column<PairChecked>[] = [
    {
      key: 'pair',
      title: t('separation.pair'),
      width: '32%',
      cell: (p) => p.roles.map(names.ofRole).join(' × '),
    },
    {
      key: 'days',
      title: t('separation.days'),
      width: '88px',
      align: 'end',
      cell: (p) => number(p.days),
    },
    {
      key: 'assignments',
      title: t('separation.assignments'),
      width: '112px',
      align: 'end',
      wideOnly: true,
      cell: (p) => number(p.assignments),
    },
    {
      key: 'people',
      title: t('separation.people'),
      width: '88px',
      align: 'end',
      wideOnly: true,
      cell: (p) => number(p.people),
    },
    {
      key: 'found',
      title: t('separation.found'),
      cell: (p) => <Found p={p} />,
    },
  ]
  return (
    <section className={css.section} aria-labelledby="separation">
      <div className={shared.between}>
        <h2 id="separation">{t('separation.title')}</h2>
        <Act
          can={{ allowed: query.isSuccess }}
          label={t('separation.export')}
          loading={download.isPending}
          onClick={() => download.mutate()}
        />
      </div>
      <p className={shared.soft}>{t('separation.help')}</p>
      <Loaded query={query}>
        {(s) => (
          <>
            <div className={css.verdict} data-holds={s.holds} role="status">
              <strong>{t(s.holds ? 'separation.holds' : 'separation.broken')}</strong>
              <span className={shared.soft}>
                {t('separation.looked', {
                  from: day(s.first_day),
                  through: day(s.last_day),
                  days: number(s.days),
                  assignments: number(s.assignments),
                })}
              </span>
              <span className={shared.note}>
                {t('separation.packs', { packs: s.packs.map((p) => p.pack).join(t('ui.listComma')) })}
              </span>
              {s.unknown_packs.length > 0 && (
                <span>{t('separation.unknownPacks', { packs: s.unknown_packs.join(t('ui.listComma')) })}</span>
              )}
            </div>
            <DataTable label={t('separation.title')} columns={columns} rows={s.pairs} rowKey={(p) => p.id} />
          </>
        )}
      </Loaded>
    </section>
  )
}

function Found({ p }: { p: PairChecked }) {
  const { t } = useTranslation()
  if (p.overlaps_in_all === 0) return <span className={shared.soft}>{t('separation.never')}</span>
  return (
    <ul>
      {p.overlaps.slice(0, 5).map((o) => (
        <li key={`${o.who.id} ${o.from}`}>
          <Person name={o.who.name} number={o.who.staff_number} /> {instant(o.from)} –{' '}
          {o.until ? instant(o.until) : t('separation.still')}
        </li>
      ))}
      {p.overlaps_in_all > 5 && <li>{t('separation.more', { n: number(p.overlaps_in_all - 5) })}</li>}
    </ul>
  )
}
