import { useEffect, useRef } from 'react'
import { isCovered, isTyping } from '@/ui/keys'
import type { Doing } from './CardButtons'

interface Keys {
  move: (step: 1 | -1) => void
  select: () => void
  clear: () => void
  undo: () => void
  doing: Doing
}

/** The whole inbox without a mouse. */
export function useInboxKeys(keys: Keys) {
  // The page hands over new functions whenever it is drawn; the listener stays.
  const now = useRef(keys)
  useEffect(() => {
    now.current = keys
  })
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (isTyping(e) || isCovered() || e.metaKey || e.ctrlKey || e.altKey) return
      const act = actOf(e, now.current)
      if (!act) return
      e.preventDefault()
      act()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}

function actOf(e: KeyboardEvent, { move, select, clear, undo, doing }: Keys): (() => void) | null {
  switch (e.key) {
    case 'j':
    case 'ArrowDown':
      return () => move(1)
    case 'k':
    case 'ArrowUp':
      return () => move(-1)
    case 'a':
      return doing.approve
    case 'd':
      return doing.refuse
    case 'r':
      return doing.again
    case 's':
      return doing.settle
    case 'x':
      return select
    case 'z':
      return undo
    case 'Escape':
      return clear
    case ' ':
      return hasOwnKeys(e) ? null : select
    case 'Enter':
      return hasOwnKeys(e) ? null : doing.open
    default:
      return null
  }
}

/** A button, a box or a link that has the focus takes Enter and space itself; a card's row hands them to the page. */
function hasOwnKeys(e: KeyboardEvent): boolean {
  const at = e.target instanceof Element ? e.target.closest('a, button, input, [role=button], [tabindex]') : null
  if (at === null || at.id === 'main') return false
  // A row that is not in focus yet is a link like any other.
  return at.closest('[data-current=true]') === null || !at.hasAttribute('data-card')
}
