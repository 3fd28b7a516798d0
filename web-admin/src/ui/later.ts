import { type ComponentType, lazy } from 'react'
import { patiently } from '@/api/connection'

type Load<P> = () => Promise<{ default: ComponentType<P> }>

/** A part of a page that is fetched when it is wanted. While the server is gone, the wish waits for it as every other does. */
export function later<P>(load: Load<P>) {
  return lazy(() => patiently(load))
}

/** Fetches such a part before it is wanted. Whether that comes off is no matter: who wants it asks again. */
export function ahead<P>(load: Load<P>) {
  load().catch(() => undefined)
}
