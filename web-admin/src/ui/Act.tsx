import { Button, type ButtonProps, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { word } from '@/i18n'

/** What the server says about doing something: from the very function that would refuse it. */
export interface May {
  allowed: boolean
  why?: string | null
}

interface Props extends Omit<ButtonProps, 'disabled' | 'title'> {
  can: May
  label: string
  /** The key that does the same, shown beside the label. */
  shortcut?: string
}

/** A button for an act. One that is not allowed is shown all the same, with its reason. */
export function Act({ can, label, shortcut, ...button }: Props) {
  const { t } = useTranslation()
  const why = can.allowed ? null : can.why ? word('problems', can.why) : t('ui.notAllowed')
  const drawn = (
    <Button {...button} disabled={!can.allowed} aria-keyshortcuts={shortcut}>
      {label}
      {shortcut && can.allowed && <kbd aria-hidden>{shortcut.toUpperCase()}</kbd>}
    </Button>
  )
  if (!why) return drawn
  return (
    <Tooltip title={why}>
      {/* A disabled button gets no focus; the reason must be reachable by keyboard too. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it holds the explanation of the disabled button */}
      <span tabIndex={0} aria-label={`${label}: ${why}`} role="note">
        {drawn}
      </span>
    </Tooltip>
  )
}
