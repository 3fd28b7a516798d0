import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { chooseLanguage, currentLanguage, languages } from '@/i18n'
import css from './SignIn.module.css'

/** The frame of what is shown before anybody is in. */
export function Front({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  const { t } = useTranslation()
  useEffect(() => {
    document.title = `${title} · Tenure`
  }, [title])
  return (
    <main className={css.page}>
      <div className={css.card}>
        <header>
          <div className={css.brand}>
            <img src="/favicon.svg" alt="" />
            <h1>{title}</h1>
          </div>
          {lead && <p className={css.lead}>{lead}</p>}
        </header>
        {children}
        <footer className={css.languages}>
          {languages.map((l) => (
            <button
              key={l}
              type="button"
              lang={l}
              aria-pressed={l === currentLanguage()}
              onClick={() => void chooseLanguage(l)}
            >
              {t(`shell.languages.${l}`)}
            </button>
          ))}
        </footer>
      </div>
    </main>
  )
}
