import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import shared from '@/ui/shared.module.css'

/** How the content of a class is shown to whoever may read it, with an example: it never stands in this list. */
export function MaskNote({ cls }: { cls: string }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const mask = names.dataClass(cls)?.mask
  if (!mask) return null
  const example = EXAMPLES[mask]
  return (
    <p className={shared.soft}>
      {mask === 'none' ? t('holdings.notMasked') : t('holdings.masked', { how: word('packs.masks', mask) })}
      {example && (
        <>
          {' '}
          <code>{example}</code>
        </>
      )}
    </p>
  )
}

/** Nobody's data: only the shape. */
const EXAMPLES: Record<string, string> = {
  name_keep_first: '林**',
  phone_keep_3_4: '138****5678',
  landline_keep_area_2: '010-******34',
  id_card_keep_6_4: '110101********1234',
  id_doc_keep_2_2: 'E1*****89',
  account_keep_2_2: 'li****ng',
  bank_keep_last_4: '**** **** **** 1234',
  email_keep_1_domain: 'l***@example.com',
  ip_keep_2_octets: '192.168.*.*',
}
