import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Card } from '@/api/queries/inbox'
import { Act } from '@/ui/Act'
import { number } from '@/ui/format'
import { Strip } from '@/ui/Strip'
import css from './BatchBar.module.css'
import type { Doing } from './CardButtons'

/** How much is decided with one word. */
export function BatchBar({ selected, doing, onClear }: { selected: Card[]; doing: Doing; onClear: () => void }) {
  const { t } = useTranslation()
  if (selected.length === 0) return null
  const holdings = selected.reduce((n, c) => n + (c.holdings ?? 0), 0)
  return (
    <div className={css.bar}>
      <Strip tone="accent">
        <strong>{t('inbox.selected', { count: selected.length, n: number(selected.length) })}</strong>
        {holdings > 0 && <span>{t('inbox.selectedAbout', { count: holdings, holdings: number(holdings) })}</span>}
        <span className={css.acts}>
          <Act can={{ allowed: true }} type="primary" label={t('inbox.approve')} shortcut="a" onClick={doing.approve} />
          <Act can={{ allowed: true }} danger label={t('inbox.refuse')} shortcut="d" onClick={doing.refuse} />
          <Button onClick={onClear}>{t('inbox.clear')}</Button>
        </span>
      </Strip>
    </div>
  )
}
