import { useTranslation } from 'react-i18next'
import { useSession } from '@/session/useSession'
import { rich } from '@/ui/rich'
import shared from '@/ui/shared.module.css'
import css from './RecordDrawer.module.css'

/** What to type to verify a file offline, and where the key is published. */
export function VerifyHow({ file }: { file: string }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const where = `/.well-known/tenure-ledger/${tenant.slug}`
  return (
    <>
      <p className={shared.soft}>{t('records.verifyHow')}</p>
      <pre className={css.json}>{`tenure verify ${file} --key "$(cat ledger.vkey)"`}</pre>
      <p className={shared.soft}>{rich(t('records.verifyKey'), { where: <a href={where}>{where}</a> })}</p>
    </>
  )
}
