import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type AccessRecord, type RecordFilter, recordsQuery } from '@/api/queries/records'
import { useLive } from './useLive'

/** A list of records: page by page, with what came since on top while it is live, and the names of those that it shows. */
export function useRecords(filter: RecordFilter, live: boolean) {
  const list = useInfiniteQuery(recordsQuery(filter))
  const read = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const came = useLive(filter, live, list.isSuccess ? (read[0]?.seq ?? -1) : undefined)
  const rows = useMemo(() => {
    const top = read[0]?.seq ?? -1
    return [...came.rows.filter((r) => r.seq > top), ...read]
  }, [came, read])
  return { list, rows, came: came.rows.length, connected: came.connected, nameOf: useMemo(() => namesIn(rows), [rows]) }
}

function namesIn(rows: AccessRecord[]) {
  const names = new Map<string, string>()
  for (const { actor, about } of rows) {
    for (const one of [actor.member, ...about]) {
      const name = one?.name ?? one?.staff_number
      if (one && name) names.set(one.id, name)
    }
  }
  return (id: string) => names.get(id)
}
