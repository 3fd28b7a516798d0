import { useNavigate } from '@tanstack/react-router'
import { Modal } from 'antd'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePowers } from '@/api/queries/powers'
import css from './Palette.module.css'
import { sections } from './sections'

interface Entry {
  key: string
  label: string
  group: string
  go: () => void
}

/** Ctrl/⌘-K: type a few letters, press Enter, be there. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const powers = usePowers()
  const [sought, setSought] = useState('')
  const [at, setAt] = useState(0)
  const list = useId()

  const entries = useMemo<Entry[]>(
    () =>
      sections
        .filter((s) => s.needs === null || powers.has(s.needs))
        .map((s) => ({
          key: s.to,
          label: t(s.label),
          group: t('shell.places'),
          go: () => void navigate({ to: s.to }),
        })),
    [powers, navigate, t],
  )
  const found = entries.filter((e) => e.label.toLowerCase().includes(sought.trim().toLowerCase()))
  const chosen = found[Math.min(at, found.length - 1)]

  const run = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    entry.go()
  }
  const onKeyDown = (e: React.KeyboardEvent) => {
    if (e.key === 'ArrowDown') setAt((n) => Math.min(n + 1, found.length - 1))
    else if (e.key === 'ArrowUp') setAt((n) => Math.max(n - 1, 0))
    else if (e.key === 'Enter') run(chosen)
    else return
    e.preventDefault()
  }

  return (
    <Modal open onCancel={onClose} footer={null} closable={false} width={560} title={null} style={{ top: 96 }}>
      <input
        className={css.input}
        // biome-ignore lint/a11y/noAutofocus: the palette is opened to be typed into
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={chosen ? `${list}-${chosen.key}` : undefined}
        aria-label={t('shell.find')}
        placeholder={t('shell.find')}
        value={sought}
        onChange={(e) => {
          setSought(e.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} role="listbox" aria-label={t('shell.places')} className={css.list}>
        {found.map((entry) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the same
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys
          <div
            key={entry.key}
            id={`${list}-${entry.key}`}
            role="option"
            aria-selected={entry === chosen}
            className={css.option}
            onClick={() => run(entry)}
          >
            <span>{entry.label}</span>
            <span className={css.group}>{entry.group}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className={css.none}>{t('shell.nothingFound')}</p>}
    </Modal>
  )
}
