import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { myDataQuery } from '@/api/queries/my'
import { Loaded, Notice } from '@/ui/Page'
import { Download } from './Download'
import { GroupCard } from './GroupCard'
import css from './My.module.css'
import { MyPage } from './MyPage'
import { Why } from './Why'

export function MinePage() {
  const { t } = useTranslation()
  return (
    <MyPage title={t('my.mineTitle')} lead={t('my.mineLead')}>
      <Download />
      <Groups of="person" title={t('my.emptyMine')} next={t('my.emptyMineNext')} />
    </MyPage>
  )
}

export function OrganisationPage() {
  const { t } = useTranslation()
  return (
    <MyPage title={t('my.organisationTitle')} lead={t('my.organisationLead')}>
      <Groups of="organisation" title={t('my.emptyOrganisation')} next={t('my.emptyOrganisationNext')} />
    </MyPage>
  )
}

function Groups({ of, title, next }: { of: 'person' | 'organisation'; title: string; next: string }) {
  const { t } = useTranslation()
  const data = useQuery(myDataQuery)
  return (
    <Loaded query={data}>
      {({ groups, hidden, answer_within_days }) => {
        const shown = groups.filter((g) => g.controller === of)
        return (
          <>
            {shown.length === 0 ? (
              <Notice title={title}>
                <p>{next}</p>
              </Notice>
            ) : (
              <ul className={css.cards}>
                {shown.map((g) => (
                  <li key={`${g.class.key} ${g.rule} ${g.settled} ${g.settled_by ?? ''}`}>
                    <GroupCard group={g} answeredWithin={answer_within_days} />
                  </li>
                ))}
              </ul>
            )}
            {of === 'organisation' && hidden.length > 0 && (
              <section className={css.part}>
                <h2>{t('my.hiddenTitle')}</h2>
                <p className={css.soft}>{t('my.hiddenLead')}</p>
                {hidden.map((why) => (
                  <Why key={why.zh} why={why} />
                ))}
              </section>
            )}
          </>
        )
      }}
    </Loaded>
  )
}
