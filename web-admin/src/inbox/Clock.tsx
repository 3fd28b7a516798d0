import { useTranslation } from 'react-i18next'
import type { Card } from '@/api/queries/inbox'
import { Chip } from '@/ui/Chip'
import { number } from '@/ui/format'

/** How long is left, in working days; loud only when it is short. */
export function Clock({ card }: { card: Pick<Card, 'working_days_left'> }) {
  const { t } = useTranslation()
  const left = card.working_days_left
  if (left === null || left === undefined) return null
  if (left === 0) return <Chip tone="danger">{t('inbox.leftToday')}</Chip>
  return <Chip tone={left <= 2 ? 'accent' : 'quiet'}>{t('inbox.left', { count: left, n: number(left) })}</Chip>
}
