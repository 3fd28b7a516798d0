import { Button, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Organisation } from '@/api/queries/organisation'
import { word } from '@/i18n'
import { Strip } from '@/ui/Strip'
import { FIELDS, type Field, isSame, type Settings, settingsOf } from './organisation'
import css from './Settings.module.css'

/** Somebody else saved meanwhile: field by field, theirs and mine side by side, and a choice. Nothing that was typed is lost. */
export function Conflict({
  base,
  mine,
  theirs,
  onChosen,
}: {
  base: Organisation
  mine: Settings
  theirs: Organisation
  onChosen: (settings: Settings) => void
}) {
  const { t } = useTranslation()
  const [before, now] = [settingsOf(base), settingsOf(theirs)]
  const isMine = (field: Field) => !isSame(mine[field], before[field])
  const differing = FIELDS.filter((field) => !isSame(mine[field], now[field]))
  const [choice, setChoice] = useState<Partial<Record<Field, 'mine' | 'theirs'>>>({})
  const chosen = (field: Field) => choice[field] ?? (isMine(field) ? 'mine' : 'theirs')
  const labels: Record<Field, string> = {
    name: t('setup.orgName'),
    time_zone: t('setup.timeZone'),
    locale: t('setup.language'),
    pack: t('setup.pack'),
    features: t('setup.features'),
  }
  const shown = (field: Field, value: string | string[]) =>
    Array.isArray(value)
      ? value.map((f) => word('packs.features', f)).join(t('ui.listComma')) || t('settings.none')
      : field === 'pack'
        ? word('setup.packs', value)
        : field === 'locale'
          ? word('shell.languages', value)
          : value
  return (
    <section className={css.part} aria-label={t('setup.conflict')}>
      <Strip tone="danger">{t('setup.conflictMeans')}</Strip>
      <table className={css.conflict}>
        <thead>
          <tr>
            <th scope="col">{t('settings.name')}</th>
            <th scope="col">{t('setup.mine')}</th>
            <th scope="col">{t('setup.theirs')}</th>
          </tr>
        </thead>
        <tbody>
          {differing.map((field) => (
            <tr key={field}>
              <th scope="row">{labels[field]}</th>
              {(['mine', 'theirs'] as const).map((side) => (
                <td key={side}>
                  <Radio
                    name={field}
                    checked={chosen(field) === side}
                    onChange={() => setChoice((c) => ({ ...c, [field]: side }))}
                  >
                    <bdi>{shown(field, side === 'mine' ? mine[field] : now[field])}</bdi>
                  </Radio>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div>
        <Button
          type="primary"
          onClick={() => {
            const kept = differing.filter((field) => chosen(field) === 'mine')
            onChosen({ ...now, ...Object.fromEntries(kept.map((field) => [field, mine[field]])) })
          }}
        >
          {t('setup.conflictGoOn')}
        </Button>
      </div>
    </section>
  )
}
