import { useQuery } from '@tanstack/react-query'
import { Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clauseQuery } from '@/api/queries/pack'
import { word } from '@/i18n'
import { inLanguage } from '@/packs/words'
import css from './Clauses.module.css'
import { Loaded } from './Page'

/** A clause by its id; opened, what it asks and where it stands in its source. Asked for only when somebody looks. */
export function Clause({ id }: { id: string }) {
  const [open, setOpen] = useState(false)
  return (
    // Not empty while it is closed, or it would never open; it is drawn only when it does.
    <Popover trigger="click" open={open} onOpenChange={setOpen} content={<Content id={id} />} destroyOnHidden>
      <button
        type="button"
        className={css.clause}
        aria-expanded={open}
        onKeyDown={(e) => {
          if (e.key === 'Escape' && open) {
            e.stopPropagation()
            setOpen(false)
          }
        }}
      >
        <code>{id}</code>
      </button>
    </Popover>
  )
}

function Content({ id }: { id: string }) {
  const { t } = useTranslation()
  const clause = useQuery(clauseQuery(id))
  return (
    <section className={css.content} aria-label={`${t('ui.clauses')} ${id}`}>
      <Loaded query={clause}>
        {(c) => (
          <>
            <p className={css.place}>
              {t('ui.clausePlace', { source: word('ui.sources', c.source), clause: c.clause })}
            </p>
            <p className={css.title} lang="zh-CN">
              {c.title_zh}
            </p>
            <p>{inLanguage(c.requirement_zh, c.requirement_en)}</p>
          </>
        )}
      </Loaded>
    </section>
  )
}
