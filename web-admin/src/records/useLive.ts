import { useEffect, useState } from 'react'
import type { AccessRecord, RecordFilter } from '@/api/queries/records'
import { follow } from './stream'

/** Rows that came in while the page stood open; older ones are in the list below. */
const MOST = 500
const AGAIN_MS = 3_000

/** Records that came after the list was read, newest first, while it is live. Nothing is left out between list and stream. */
export function useLive(
  /** The same object for as long as it is the same question. */
  filter: RecordFilter,
  live: boolean,
  /** The place of the newest row of the list; none until it was read. */
  top: number | undefined,
): { rows: AccessRecord[]; connected: boolean } {
  const [came, setCame] = useState<{ for: RecordFilter; rows: AccessRecord[] }>({ for: filter, rows: [] })
  const [connected, setConnected] = useState(false)

  useEffect(() => {
    if (!live || top === undefined) return
    const stop = new AbortController()
    let last = top
    const take = (record: AccessRecord) => {
      last = Math.max(last, record.seq)
      setCame((before) => ({
        for: filter,
        rows: [record, ...(before.for === filter ? before.rows : [])].slice(0, MOST),
      }))
    }
    const goOn = async () => {
      while (!stop.signal.aborted) {
        const ended = await follow(filter, last, { onOpen: () => setConnected(true), onRecord: take }, stop.signal)
        setConnected(false)
        if (ended === 'for good') return
        await new Promise((go) => setTimeout(go, AGAIN_MS))
      }
    }
    void goOn()
    return () => {
      stop.abort()
      setConnected(false)
    }
  }, [filter, live, top])

  return { rows: came.for === filter ? came.rows : [], connected }
}
