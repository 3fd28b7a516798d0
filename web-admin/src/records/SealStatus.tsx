import { useQuery } from '@tanstack/react-query'
import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { checkpointQuery } from '@/api/queries/records'
import { Chip } from '@/ui/Chip'
import { instant, number } from '@/ui/format'

/** Up to when the records are sealed, and under which checkpoint. */
export function SealStatus({ live }: { live: boolean }) {
  const { t } = useTranslation()
  const { data } = useQuery(checkpointQuery(live))
  if (!data) return null
  const text = data.at ? t('records.sealed', { at: instant(data.at), n: number(data.size) }) : t('records.neverSealed')
  return (
    <Tooltip title={t('records.sealHelp')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation must be reachable by keyboard */}
      <span tabIndex={0} role="note" aria-label={`${text}. ${t('records.sealHelp')}`}>
        <Chip tone={data.at ? 'accent' : 'plain'}>{text}</Chip>
        {data.unsealed > 0 && <Chip tone="quiet"> {t('records.unsealed', { n: number(data.unsealed) })}</Chip>}
      </span>
    </Tooltip>
  )
}
