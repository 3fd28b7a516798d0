import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { Button } from 'antd'
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './DataTable.module.css'
import { isCovered, isTyping } from './keys'

export interface Column<T> {
  key: string
  title: string
  /** A CSS width; the column that has none takes what is left. */
  width?: string
  align?: 'end'
  /** Left out on narrow screens. */
  wideOnly?: boolean
  /** Left out already where the navigation leaves little room beside it. */
  roomyOnly?: boolean
  cell: (row: T) => ReactNode
}

interface Props<T> {
  label: string
  columns: Column<T>[]
  rows: T[]
  rowKey: (row: T) => string
  onOpen?: (row: T) => void
  /** The next page, asked for before its end is reached; a list is never loaded whole. */
  more?: { has: boolean; loading: boolean; load: () => void }
  chosen?: string
}

const ROW_PX = 40

/** A long table: rows in view are drawn, J and K move, Enter opens. */
export function DataTable<T>({ label, columns, rows, rowKey, onOpen, more, chosen }: Props<T>) {
  const { t } = useTranslation()
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  const [at, setAt] = useState(-1)
  useEffect(() => setTop(body.current?.offsetTop ?? 0), [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: top,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0

  const load = more?.load
  useEffect(() => {
    if (load && more?.has && !more.loading && last >= rows.length - 20) load()
  }, [last, rows.length, load, more?.has, more?.loading])

  useEffect(() => {
    if (!onOpen) return
    const onKey = (e: KeyboardEvent) => {
      if (isTyping(e) || isCovered() || e.metaKey || e.ctrlKey) return
      const step = e.key === 'j' || e.key === 'ArrowDown' ? 1 : e.key === 'k' || e.key === 'ArrowUp' ? -1 : 0
      if (step !== 0) {
        e.preventDefault()
        setAt((i) => Math.max(0, Math.min(rows.length - 1, i + step)))
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [onOpen, rows.length])

  useEffect(() => {
    if (at < 0) return
    virtual.scrollToIndex(at)
    body.current?.querySelector<HTMLElement>(`[data-index="${at}"]`)?.focus()
  }, [at, virtual])

  const before = (items[0]?.start ?? top) - top
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top)
  return (
    <>
      <div className={css.scroll}>
        <table className={css.table} aria-label={label} aria-rowcount={more?.has ? -1 : rows.length + 1}>
          <thead>
            <tr>
              {columns.map((c) => (
                <th
                  key={c.key}
                  scope="col"
                  style={{ '--width': c.width } as CSSProperties}
                  data-align={c.align}
                  data-wide={c.wideOnly}
                  data-roomy={c.roomyOnly}
                >
                  {c.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {before > 0 && <Gap px={before} />}
            {items.map((item) => {
              const row = rows[item.index]
              if (row === undefined) return null
              const key = rowKey(row)
              return (
                <tr
                  key={key}
                  data-index={item.index}
                  data-opens={onOpen !== undefined}
                  aria-rowindex={item.index + 2}
                  aria-selected={chosen === undefined ? undefined : chosen === key}
                  tabIndex={onOpen ? 0 : undefined}
                  onClick={onOpen && (() => onOpen(row))}
                  onFocus={() => setAt(item.index)}
                  onKeyDown={(e) => {
                    if (e.key === 'Enter' && e.target === e.currentTarget) onOpen?.(row)
                  }}
                >
                  {columns.map((c) => (
                    <td key={c.key} data-align={c.align} data-wide={c.wideOnly} data-roomy={c.roomyOnly}>
                      {c.cell(row)}
                    </td>
                  ))}
                </tr>
              )
            })}
            {after > 0 && <Gap px={after} />}
          </tbody>
        </table>
      </div>
      {more?.has && (
        <div className={css.more}>
          <Button loading={more.loading} onClick={more.load}>
            {t('ui.more')}
          </Button>
        </div>
      )}
    </>
  )
}

/** The height of rows that are not drawn. One cell: one across all columns would make room for those that narrow screens leave out. */
function Gap({ px }: { px: number }) {
  return (
    <tr aria-hidden>
      <td style={{ height: px, padding: 0, border: 0 }} />
    </tr>
  )
}
