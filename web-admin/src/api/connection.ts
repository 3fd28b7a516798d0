import { useSyncExternalStore } from 'react'

/**
 * Whether the server answers, and whether it still knows who we are. A call that fails for either reason is kept and made again
 * when that is over: no click is lost, and nothing that was typed.
 */
export interface Connection {
  reachable: boolean
  signedOut: boolean
}

let state: Connection = { reachable: true, signedOut: false }
const listeners = new Set<() => void>()
let whenSignedIn: (() => void)[] = []

function become(next: Partial<Connection>) {
  state = { ...state, ...next }
  for (const tell of listeners) tell()
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => state,
  )
}

/** Waits until the person has signed in again in the dialog that this opens. */
export function signedInAgain(): Promise<void> {
  become({ signedOut: true })
  return new Promise((go) => {
    whenSignedIn.push(go)
  })
}

/** The dialog says: they are in. */
export function goOn() {
  const waiting = whenSignedIn
  whenSignedIn = []
  become({ signedOut: false })
  for (const go of waiting) go()
}

/** Does something that needs the server, and does it again when it failed because the server was gone. */
export async function patiently<T>(what: () => Promise<T>): Promise<T> {
  for (let wasThere = false; ; ) {
    try {
      return await what()
    } catch (failure) {
      const isThere = await fetch('/healthz').then(
        (answer) => answer.ok,
        () => false,
      )
      // Once it may have come back in between; twice, what failed failed for another reason.
      if (isThere && wasThere) throw failure
      wasThere = isThere
      if (!isThere) await reachableAgain()
    }
  }
}

const PAUSES_MS = [500, 1000, 2000, 4000]
let waitingForServer: Promise<void> | null = null

/** Waits until the server answers again; one look-out for all who wait. */
export function reachableAgain(): Promise<void> {
  waitingForServer ??= lookOut().finally(() => {
    waitingForServer = null
  })
  return waitingForServer
}

async function lookOut() {
  become({ reachable: false })
  for (let tries = 0; ; tries++) {
    await new Promise((go) => {
      // Tried at once when the machine says that it is back on the network.
      const timer = setTimeout(go, PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)])
      window.addEventListener(
        'online',
        () => {
          clearTimeout(timer)
          go(undefined)
        },
        { once: true },
      )
    })
    const answer = await fetch('/healthz').catch(() => null)
    if (answer?.ok) {
      become({ reachable: true })
      return
    }
  }
}
