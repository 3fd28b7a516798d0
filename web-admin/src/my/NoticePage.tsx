import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { myNoticeQuery, type Notice } from '@/api/queries/my'
import { currentLanguage, type Say, word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { Facts } from '@/ui/Facts'
import { Loaded } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import css from './My.module.css'
import { MyPage } from './MyPage'
import { keepingOf, nameOf } from './words'

/** The notice that applies, as of now. */
export function NoticePage() {
  const { t } = useTranslation()
  const notice = useQuery(myNoticeQuery)
  return (
    <MyPage title={t('my.noticeTitle')} lead={t('my.noticeLead')}>
      <Loaded query={notice}>{(n) => <Parts notice={n} />}</Loaded>
    </MyPage>
  )
}

function Part({ title, clauses, children }: { title: string; clauses?: string[]; children: ReactNode }) {
  return (
    <section className={css.part}>
      <h2>{title}</h2>
      {children}
      {clauses && <Clauses ids={clauses} />}
    </section>
  )
}

function Parts({ notice }: { notice: Notice }) {
  const { t } = useTranslation()
  const clauses = (part: string) => notice.clauses[part]
  return (
    <>
      <Part title={t('my.controller')} clauses={clauses('controller')}>
        <Facts
          facts={[
            [t('my.controller'), notice.controller],
            [t('my.pack'), `${currentLanguage() === 'en' ? notice.pack_en : notice.pack_zh} ${notice.pack_version}`],
            [t('my.officers'), notice.officers.join(t('ui.and'))],
            [t('my.contact'), notice.contact.contact || t('my.noContact')],
            [t('my.authority'), notice.contact.authority],
          ]}
        />
      </Part>
      <Part title={t('my.rights')}>
        <ul>
          {notice.rights.map((right) => (
            <li key={right}>
              <p>{word('my.right', right, { days: notice.answer_within_days })}</p>
              <Clauses ids={clauses(right) ?? []} />
            </li>
          ))}
        </ul>
      </Part>
      <Purposes notice={notice} clauses={clauses('purposes')} />
      <Part title={t('my.keeping')} clauses={clauses('keeping')}>
        <ul>
          {notice.keeping.map((k) => (
            <li key={k.class.key} className={css.two}>
              <span>
                {nameOf(k.class)} {k.class.sensitive && <Chip>{t('my.sensitive')}</Chip>}
              </span>
              <span className={shared.soft}>{keepingOf(t, k.keeping)}</span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t('my.recipients')} clauses={clauses('recipients')}>
        <p>{notice.kept_at.length > 0 ? [t('my.vault'), ...notice.kept_at].join(t('ui.and')) : t('my.onlyVault')}</p>
      </Part>
      <Part title={t('my.safety')} clauses={clauses('safety')}>
        <p>{t('my.safetyLine', { algorithm: notice.algorithm.toUpperCase() })}</p>
      </Part>
    </>
  )
}

function Purposes({ notice, clauses }: { notice: Notice; clauses?: string[] }) {
  const { t } = useTranslation()
  return (
    <Part title={t('my.purposes')} clauses={clauses}>
      {notice.purposes.length === 0 ? (
        <p className={shared.soft}>{t('my.noPurposes')}</p>
      ) : (
        <ul>
          {notice.purposes.map((p) => (
            <li key={p.instruction}>
              <strong>{word('purposes', p.purpose)}</strong>
              <p className={shared.soft}>{lineOf(t, p)}</p>
            </li>
          ))}
        </ul>
      )}
    </Part>
  )
}

function lineOf(t: Say, p: Notice['purposes'][number]): string {
  return t('my.purposeLine', {
    roles: p.roles.length > 0 ? p.roles.map(nameOf).join(t('ui.and')) : t('my.namedPeople'),
    operations: p.operations.map((o) => word('instructions.operations', o)).join(t('ui.and')),
    classes: p.classes.map(nameOf).join(t('ui.and')),
  })
}
