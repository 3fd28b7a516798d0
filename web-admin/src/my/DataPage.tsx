import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type MyGroup, myDataQuery } from '@/api/queries/my'
import { Loaded, Notice } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import { Download } from './Download'
import { Following } from './Following'
import { GroupRow } from './GroupRow'
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
      {({ groups, hidden, answer_within_days, following }) => {
        const rules = byRule(groups.filter((g) => g.controller === of))
        return (
          <>
            <Following is={following} />
            {rules.length === 0 && (
              <Notice title={title}>
                <p>{next}</p>
              </Notice>
            )}
            <div className={css.cards}>
              {rules.map(([rule, all]) => (
                <section key={rule} className={css.card}>
                  {all[0] && <Why why={all[0].why} />}
                  {all.map((g) => (
                    <GroupRow key={`${g.class.key} ${g.settled}`} group={g} answeredWithin={answer_within_days} />
                  ))}
                </section>
              ))}
            </div>
            {of === 'organisation' && hidden.length > 0 && (
              <section className={css.part}>
                <h2>{t('my.hiddenTitle')}</h2>
                <p className={shared.soft}>{t('my.hiddenLead')}</p>
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

/** What one rule decided stands under its reason, once. What the privacy officer settled stands apart. */
function byRule(groups: MyGroup[]): [string, MyGroup[]][] {
  const rules = new Map<string, MyGroup[]>()
  for (const g of groups) {
    const rule = `${g.rule} ${g.settled_by ?? ''}`
    rules.set(rule, [...(rules.get(rule) ?? []), g])
  }
  return [...rules]
}
