import { file } from '@/api/client'
import { exportAddress, type RecordFilter } from '@/api/queries/records'

/** Begins an export; a refusal is thrown as the problem that it is. */
export function exported(
  filter: RecordFilter,
  format: 'ndjson' | 'csv',
  includePersonal: boolean,
  signal?: AbortSignal,
): Promise<Response> {
  return file(exportAddress(filter, format, includePersonal), signal)
}

export interface Progress {
  bytes: number
  lines: number
}

/** Takes a stream in as it comes and says how far it is. The browser keeps the pieces of a Blob outside the page's memory. */
export async function taken(answer: Response, onProgress: (p: Progress) => void): Promise<Blob> {
  const reader = answer.body?.getReader()
  if (!reader) return answer.blob()
  let pieces: Blob[] = []
  let waiting: Uint8Array<ArrayBuffer>[] = []
  let waitingBytes = 0
  const progress: Progress = { bytes: 0, lines: 0 }
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    const piece = value as Uint8Array<ArrayBuffer>
    progress.bytes += piece.byteLength
    for (const byte of piece) if (byte === NEWLINE) progress.lines += 1
    waiting.push(piece)
    waitingBytes += piece.byteLength
    if (waitingBytes > PACK_BYTES) {
      pieces = [...pieces, new Blob(waiting)]
      waiting = []
      waitingBytes = 0
    }
    onProgress({ ...progress })
  }
  return new Blob([...pieces, ...waiting], { type: answer.headers.get('content-type') ?? undefined })
}

const NEWLINE = 10
const PACK_BYTES = 4_000_000

/** The file name that the server gave. */
export function fileName(answer: Response, otherwise: string): string {
  return /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? otherwise
}

/** Hands a file to the person. */
export function save(file: Blob, name: string) {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
