import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { certificateQuery } from '@/api/queries/departures'
import { usePackNames } from '@/api/queries/pack'
import { currentLanguage, word } from '@/i18n'
import { Facts } from '@/ui/Facts'
import { bytes, day, instant, number } from '@/ui/format'
import { Loaded, Page } from '@/ui/Page'
import css from './CertificatePage.module.css'
import { type Certificate, certificateOf } from './certificate'

/** The certificate as a document: to be read here, printed, or taken as a PDF file that carries its proof with it. */
export function CertificatePage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/shell/departures/$id/certificate' })
  const query = useQuery(certificateQuery(id))
  return (
    <Page
      title={t('certificate.title')}
      actions={
        <>
          <Button href={`/api/v1/departures/${id}/certificate`} download>
            {t('departures.downloadCertificate')}
          </Button>
          <Button onClick={() => window.print()}>{t('certificate.print')}</Button>
          <Button type="primary" href={`/api/v1/departures/${id}/certificate.pdf`} download>
            {t('certificate.pdf')}
          </Button>
        </>
      }
    >
      <Loaded query={query}>{(document) => <Document certificate={certificateOf(document)} />}</Loaded>
    </Page>
  )
}

function Document({ certificate: c }: { certificate: Certificate }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const said = c.certificate
  return (
    <article className={css.document}>
      <header>
        <p className={css.house}>{said.organisation}</p>
        <h2>{currentLanguage() === 'en' ? said.title_en : said.title_zh}</h2>
      </header>
      <Facts
        facts={[
          [t('certificate.departure'), <code key="d">{said.departure}</code>],
          [t('certificate.subject'), <code key="s">{said.subject}</code>],
          [t('departures.lastDayTitle'), day(said.last_day)],
          [t('certificate.accessEnded'), said.access_ended_at ? instant(said.access_ended_at) : null],
          [t('certificate.completed'), instant(said.completed_at)],
          [t('certificate.pack'), said.pack],
        ]}
      />
      <table>
        <thead>
          <tr>
            <th scope="col">{t('certificate.what')}</th>
            <th scope="col">{t('certificate.outcome')}</th>
            <th scope="col" className={css.end}>
              {t('certificate.items')}
            </th>
            <th scope="col">{t('ui.clauses')}</th>
          </tr>
        </thead>
        <tbody>
          {said.lines.map((line) => (
            <tr key={`${line.class} ${line.order ?? line.disposition}`}>
              <td>{names.ofClass(line.class)}</td>
              <td>
                {word('departures.dispositions', line.disposition)}
                {line.retain_until && ` · ${t('departures.until', { day: day(line.retain_until) })}`}
                {line.state !== 'done' && ` · ${word('departures.lineStates', line.state)}`}
              </td>
              <td className={css.end}>
                {number(line.items)} · {bytes(line.bytes)}
              </td>
              <td className={css.clauses}>{line.clauses.join(' · ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <section className={css.proof} aria-labelledby="proof">
        <h3 id="proof">{t('certificate.proof')}</h3>
        <p>{t('certificate.proofMeans', { count: c.records.length, n: number(c.records.length) })}</p>
        <pre>{c.checkpoint}</pre>
        <p>{t('certificate.key')}</p>
        <pre>{c.key}</pre>
        <p>{t('certificate.verify')}</p>
        <pre>{`tenure verify certificate-${said.departure}.json --key '${c.key}'`}</pre>
      </section>
    </article>
  )
}
