import { Modal } from 'antd'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './Palette.module.css'
import { type Entry, useEntries } from './useEntries'

interface Props {
  onClose: () => void
  onRecords: () => void
  onHelp: () => void
}

/** Ctrl/⌘-K: type a few letters, press Enter, be there or have it done. */
export default function Palette({ onClose, onRecords, onHelp }: Props) {
  const { t } = useTranslation()
  const [sought, setSought] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const found = useEntries(sought, { records: onRecords, help: onHelp })
  const index = Math.min(at, found.length - 1)
  const chosen = found[index]

  useEffect(() => {
    list.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [index])

  const run = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    entry.go()
  }
  const onKeyDown = (e: React.KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return
    if (e.key === 'ArrowDown') setAt(Math.min(index + 1, found.length - 1))
    else if (e.key === 'ArrowUp') setAt(Math.max(index - 1, 0))
    else if (e.key === 'Enter') run(chosen)
    else return
    e.preventDefault()
  }

  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      width={600}
      title={<span className="sr-only">{t('shell.find')}</span>}
      styles={{ header: { margin: 0 } }}
      style={{ top: 96 }}
    >
      <input
        className={css.input}
        // biome-ignore lint/a11y/noAutofocus: the palette is opened to be typed into
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={chosen ? `${id}-${index}` : undefined}
        aria-label={t('shell.find')}
        placeholder={t('shell.findMore')}
        value={sought}
        maxLength={200}
        autoComplete="off"
        onChange={(e) => {
          setSought(e.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={id} role="listbox" aria-label={t('shell.places')} className={css.list}>
        {found.map((entry, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys
          <div
            key={entry.key}
            id={`${id}-${i}`}
            data-index={i}
            role="option"
            aria-selected={i === index}
            className={css.option}
            onClick={() => run(entry)}
          >
            <bdi className={css.label}>{entry.label}</bdi>
            {entry.hint && <span className={css.group}>{entry.hint}</span>}
            <span className={css.kind}>{entry.group}</span>
          </div>
        ))}
      </div>
      <p className={css.none} role="status">
        {found.length === 0 && t('shell.nothingFound')}
      </p>
    </Modal>
  )
}
