import { useSyncExternalStore } from 'react'
import { type Card, decideCards, handInPlan, inboxChanged } from '@/api/queries/inbox'
import { onSignOut } from '@/api/session'

/**
 * Words that were said and are not sent yet: for a few seconds each can be taken back. Whoever leaves the inbox, the page or
 * the session has no way to take back any more, so then they are sent at once. Each goes under a key of its own and counts
 * once, however often it has to be sent.
 */
export type Verb = 'approve' | 'refuse' | 'submit'

export interface Held {
  key: string
  verb: Verb
  cards: Card[]
  reason?: string
  sendsAt: number
  state: 'held' | 'sending' | 'failed'
  failure?: unknown
}

export const HELD_MS = 6_000

let all: readonly Held[] = []
const listeners = new Set<() => void>()
const timers = new Map<string, ReturnType<typeof setTimeout>>()
const running = new Map<string, Promise<void>>()

function become(next: readonly Held[]) {
  all = next
  for (const tell of listeners) tell()
}

export function useHeld(): readonly Held[] {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => all,
  )
}

export function hold(verb: Verb, cards: Card[], reason?: string) {
  const held: Held = {
    key: crypto.randomUUID(),
    verb,
    cards,
    reason,
    sendsAt: Date.now() + HELD_MS,
    state: 'held',
  }
  timers.set(
    held.key,
    setTimeout(() => void send(held.key), HELD_MS),
  )
  become([...all, held])
}

/** Takes back a word that was not sent yet; the last one, where none is named. Returns its cards. */
export function undo(key?: string): Card[] {
  const held = all.findLast((h) => h.state === 'held' && (key === undefined || h.key === key))
  if (!held) return []
  drop(held.key)
  return held.cards
}

/** A failure that somebody has read. */
export function drop(key: string) {
  clearTimeout(timers.get(key))
  timers.delete(key)
  become(all.filter((h) => h.key !== key))
}

/** Sends all that is held, now. Done when each has its answer. */
export async function sendNow() {
  await Promise.all(all.filter((h) => h.state !== 'failed').map((h) => send(h.key)))
}

function send(key: string): Promise<void> {
  const known = running.get(key)
  if (known) return known
  const sent = deliver(key).finally(() => running.delete(key))
  running.set(key, sent)
  return sent
}

async function deliver(key: string) {
  clearTimeout(timers.get(key))
  timers.delete(key)
  const held = all.find((h) => h.key === key)
  if (!held) return
  change(key, { state: 'sending' })
  try {
    await say(held)
    // Until the list has been read anew, the card would come back for a moment.
    await inboxChanged()
    become(all.filter((h) => h.key !== key))
  } catch (failure) {
    change(key, { state: 'failed', failure })
    void inboxChanged()
  }
}

function change(key: string, to: Partial<Held>) {
  become(all.map((h) => (h.key === key ? { ...h, ...to } : h)))
}

async function say({ key, verb, cards, reason }: Held): Promise<unknown> {
  if (verb !== 'submit') return decideCards({ key, cards: cards.map((c) => c.id), decision: verb, reason })
  // A plan is handed in by itself.
  return Promise.all(cards.map((c) => handInPlan(c.object.id, key)))
}

window.addEventListener('pagehide', () => void sendNow())
// Out of sight nobody takes anything back, and a phone may end the page without another word.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') void sendNow()
})
// What could not be sent, as the server is gone or the session over, would be lost with the page.
window.addEventListener('beforeunload', (e) => {
  if (all.some((h) => h.state === 'sending')) e.preventDefault()
})

onSignOut(async () => {
  await sendNow()
  return all.length === 0
})
