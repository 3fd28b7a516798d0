import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { effectQuery, type SettingsChange } from '@/api/queries/organisation'
import { Rehearse } from '@/rehearsals/Rehearse'
import { number } from '@/ui/format'
import { Loaded } from '@/ui/Page'
import css from './Settings.module.css'

/** What a change leads to: how much of what is held it rules anew, and what it leaves. */
export function Effect({ change }: { change: SettingsChange }) {
  const { t } = useTranslation()
  const rules = change.pack !== undefined || change.features !== undefined
  const { pack, features } = change
  const effect = useQuery(effectQuery({ pack, features }, rules))
  return (
    <div className={css.effect}>
      {change.time_zone && <p>{t('setup.effectZone')}</p>}
      {rules && (
        <Loaded query={effect}>
          {(e) => (
            <>
              <p>
                {e.ruled_anew === 0
                  ? t('setup.effectNone', { all: number(e.looked_at) })
                  : t('setup.effectRules', {
                      count: e.ruled_anew,
                      n: number(e.ruled_anew),
                      all: number(e.looked_at),
                      organisation: number(e.to_organisation),
                      person: number(e.to_person),
                    })}
              </p>
              {!e.is_all && <p>{t('setup.effectPart', { all: number(e.looked_at) })}</p>}
              <p className={css.faint}>{t('setup.effectHistory')}</p>
            </>
          )}
        </Loaded>
      )}
      {rules && <Rehearse change={{ kind: 'settings', pack, features }} />}
      {change.pack && (
        <p>
          {t('setup.effectPack')}{' '}
          <Link to="/packs" search={{ part: 'compare', with: change.pack }} target="_blank">
            {t('setup.effectCompare')}
          </Link>
        </p>
      )}
    </div>
  )
}
