import { useEffect, useSyncExternalStore } from 'react'

/** The thing that a page is about: what the drawer of access records narrows itself to. */
export interface InView {
  /** A word of the glossary, such as `departure`. */
  kind: string
  id: string
  /** What to call it, where it has a name. */
  label?: string
}

let shown: InView | null = null
const listeners = new Set<() => void>()

function show(what: InView | null) {
  shown = what
  for (const tell of listeners) tell()
}

/** A page says what it is about, for as long as it is there. */
export function useShows(kind: string, id: string, label?: string | null) {
  useEffect(() => {
    const mine: InView = { kind, id, label: label ?? undefined }
    show(mine)
    return () => {
      if (shown === mine) show(null)
    }
  }, [kind, id, label])
}

export function useInView(): InView | null {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => shown,
  )
}
