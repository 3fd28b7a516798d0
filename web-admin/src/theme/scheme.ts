import { useSyncExternalStore } from 'react'
import { type Scheme, schemes } from './tokens'

/** What somebody chose; `system` follows the machine. */
export type SchemeChoice = Scheme | 'system'

const KEY = 'tenure.scheme'
const dark = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

export function schemeChoice(): SchemeChoice {
  const kept = window.localStorage.getItem(KEY)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function chooseScheme(choice: SchemeChoice) {
  if (choice === 'system') window.localStorage.removeItem(KEY)
  else window.localStorage.setItem(KEY, choice)
  for (const tell of listeners) tell()
}

function current(): Scheme {
  const choice = schemeChoice()
  if (choice !== 'system') return choice
  return dark.matches ? 'dark' : 'light'
}

/** The scheme in force, as the person chose it or as the machine has it. */
export function useScheme(): Scheme {
  return useSyncExternalStore((tell) => {
    listeners.add(tell)
    dark.addEventListener('change', tell)
    return () => {
      listeners.delete(tell)
      dark.removeEventListener('change', tell)
    }
  }, current)
}

/** Hands the colours to the style sheets. */
export function applyScheme(scheme: Scheme) {
  const root = document.documentElement
  root.dataset.scheme = scheme
  root.style.colorScheme = scheme
  for (const [name, value] of Object.entries(schemes[scheme])) root.style.setProperty(`--${kebab(name)}`, value)
}

function kebab(name: string) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
