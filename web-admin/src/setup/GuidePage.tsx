import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { STEPS, type Step, setupQuery, stepsMissing } from '@/api/queries/setup'
import { Chip } from '@/ui/Chip'
import { number } from '@/ui/format'
import { Loaded, Page } from '@/ui/Page'
import { Strip } from '@/ui/Strip'
import css from './GuidePage.module.css'
import { MembersStep } from './MembersStep'
import { OrganisationStep } from './OrganisationStep'
import { RolesStep } from './RolesStep'
import { SourceStep } from './SourceStep'

/** While somebody waits for a message or a colleague, the guide looks by itself. */
const LOOKS_EVERY_MS = 5_000

/** What an organisation needs before its first departure, in the order in which it is done. */
export function GuidePage() {
  const { t } = useTranslation()
  const guide = useQuery({ ...setupQuery, refetchInterval: (q) => (q.state.data?.done ? false : LOOKS_EVERY_MS) })
  const missing = guide.data ? stepsMissing(guide.data) : []
  return (
    <Page
      title={t('setup.title')}
      beside={
        guide.data && (
          <Chip tone={guide.data.done ? 'accent' : 'plain'}>
            {t('setup.progress', { done: number(STEPS.length - missing.length), all: number(STEPS.length) })}
          </Chip>
        )
      }
    >
      <Loaded query={guide}>
        {(g) => (
          <div className={css.guide}>
            {g.done ? (
              <Strip tone="accent">
                <strong>{t('setup.allDone')}</strong>
                <Link to="/inbox">{t('setup.toInbox')}</Link>
              </Strip>
            ) : (
              <p className={css.lead}>{t('setup.lead')}</p>
            )}
            <ol className={css.steps}>
              <Part step="organisation" done={g.organisation.done}>
                <OrganisationStep step={g.organisation} />
              </Part>
              <Part step="source" done={g.source.done}>
                <SourceStep step={g.source} />
              </Part>
              <Part step="roles" done={g.roles.done}>
                <RolesStep step={g.roles} isAlone={g.members.members <= 1} />
              </Part>
              <Part step="members" done={g.members.done}>
                <MembersStep step={g.members} />
              </Part>
            </ol>
          </div>
        )}
      </Loaded>
    </Page>
  )
}

function Part({ step, done, children }: { step: Step; done: boolean; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <li className={css.step} id={step} data-done={done}>
      <section aria-labelledby={`step-${step}`}>
        <header className={css.head}>
          <h2 id={`step-${step}`}>{t(`setup.steps.${step}`)}</h2>
          <Chip tone={done ? 'accent' : 'plain'}>{done ? t('setup.done') : t('setup.open')}</Chip>
        </header>
        <p className={css.why}>{t(`setup.why.${step}`)}</p>
        {children}
      </section>
    </li>
  )
}
