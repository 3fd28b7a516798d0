import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Departure } from '@/api/queries/departures'
import { Strip } from '@/ui/Strip'

/** The certificate is there: read it, print it, or take the file that anybody verifies offline. */
export function CertificateNotice({ d }: { d: Departure }) {
  const { t } = useTranslation()
  return (
    <Strip tone="accent">
      <strong>{t('departures.certified')}</strong>
      <Link to="/departures/$id/certificate" params={{ id: d.id }}>
        {t('departures.readCertificate')}
      </Link>
      <a href={`/api/v1/departures/${d.id}/certificate`} download>
        {t('departures.downloadCertificate')}
      </a>
    </Strip>
  )
}
