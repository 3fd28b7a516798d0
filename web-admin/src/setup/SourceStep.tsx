import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CreatedSource, createSource } from '@/api/queries/settings'
import type { SetupGuide, SourceHeard } from '@/api/queries/setup'
import { word } from '@/i18n'
import { addressOf } from '@/settings/address'
import { NameDialog } from '@/settings/NameDialog'
import { SecretOnce } from '@/settings/SecretOnce'
import { TestSource } from '@/settings/TestSource'
import { CopyField } from '@/ui/CopyField'
import { second } from '@/ui/format'
import { useTell } from '@/ui/useTell'
import css from './GuidePage.module.css'

/** Address and secret for the HR system, and whether it has been heard of. */
export function SourceStep({ step }: { step: SetupGuide['source'] }) {
  const { t } = useTranslation()
  const tell = useTell()
  const create = useMutation(createSource)
  const [asked, setAsked] = useState(false)
  const [made, setMade] = useState<CreatedSource | null>(null)
  return (
    <>
      {step.sources.length === 0 ? (
        <div className={css.acts}>
          <Button type="primary" onClick={() => setAsked(true)}>
            {t('settings.sourceAdd')}
          </Button>
          <span className={css.faint}>{t('setup.sourceNone')}</span>
        </div>
      ) : (
        step.sources.map((source) => <Heard key={source.id} source={source} />)
      )}
      {step.sources.length > 0 && (
        <p>
          <Link to="/settings/sources">{t('setup.moreSources')}</Link>
        </p>
      )}
      {asked && (
        <NameDialog
          title={t('settings.sourceAdd')}
          placeholder={t('settings.sourceNamePlaceholder')}
          busy={create.isPending}
          onName={(name) =>
            create.mutate(name, {
              onSuccess: (created) => {
                setAsked(false)
                setMade(created)
              },
              onError: tell.failed,
            })
          }
          onClose={() => setAsked(false)}
        />
      )}
      {made && (
        <SecretOnce
          values={[
            [t('settings.url'), addressOf(made.path)],
            [t('settings.secret'), made.secret],
          ]}
          onDone={() => setMade(null)}
        />
      )}
    </>
  )
}

function Heard({ source }: { source: SourceHeard }) {
  const { t } = useTranslation()
  const at = source.last_received_at
  return (
    <div className={css.source}>
      <CopyField label={source.name} value={addressOf(source.path)} />
      <div className={css.acts}>
        <span className={css.faint} role="status">
          {at
            ? t('setup.heard', {
                event: source.last_event ? word('settings.events', source.last_event) : t('settings.eventUnknown'),
                at: second(at),
                state: source.last_state ? t(`settings.messageStates.${source.last_state}`) : '',
              })
            : t('setup.heardNothing')}
        </span>
        <TestSource id={source.id} />
      </div>
      {source.last_event === null || source.last_event === undefined || source.last_event === 'tenure.test' ? (
        <details>
          <summary>{t('setup.ownTest')}</summary>
          <p className={css.why}>{t('setup.ownTestMeans')}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
          <pre className={css.command} tabIndex={0}>
            {commandFor(addressOf(source.path))}
          </pre>
        </details>
      ) : null}
    </div>
  )
}

/** A signed test message from the machine of the HR system, as Standard Webhooks asks. */
function commandFor(url: string): string {
  return [
    "SECRET='whsec_…'",
    'ID=test_$(date +%s) AT=$(date +%s)',
    `BODY='{"type":"tenure.test","timestamp":"'$(date -u +%FT%TZ)'","data":{}}'`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    'KEY=$(printf %s "${SECRET#whsec_}" | base64 -d | od -An -tx1 | tr -d " \\n")',
    'SIG=$(printf %s "$ID.$AT.$BODY" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$KEY -binary | base64)',
    `curl -si '${url}' -H "webhook-id: $ID" -H "webhook-timestamp: $AT" \\`,
    '  -H "webhook-signature: v1,$SIG" -d "$BODY"',
  ].join('\n')
}
