import { type AccessRecord, type RecordFilter, streamAddress } from '@/api/queries/records'

interface Listener {
  onOpen: () => void
  onRecord: (record: AccessRecord) => void
}

/**
 * Follows the records after a place until one side ends it. Not by `EventSource`: that cannot say after which record the list
 * ended, and what was committed between list and stream would be missing.
 */
export async function follow(
  filter: RecordFilter,
  after: number,
  listener: Listener,
  signal: AbortSignal,
): Promise<'for good' | 'for now'> {
  try {
    const answer = await fetch(streamAddress(filter), { signal, headers: { 'Last-Event-ID': String(after) } })
    if (!answer.ok || !answer.body) return answer.status >= 500 || answer.status === 429 ? 'for now' : 'for good'
    listener.onOpen()
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return 'for now'
      text += value
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const { kind, data } = read(event)
        if (kind === 'record') listener.onRecord(JSON.parse(data) as AccessRecord)
        if (kind === 'end') return 'for good'
      }
    }
  } catch {
    // Gone, or stopped by ourselves; whoever called knows which, and comes again or not.
    return 'for now'
  }
}

function read(event: string): { kind: string; data: string } {
  let kind = ''
  const data: string[] = []
  for (const line of event.split('\n')) {
    const at = line.indexOf(':')
    const value = line.slice(at + 1).replace(/^ /, '')
    if (line.startsWith('event:')) kind = value
    else if (line.startsWith('data:')) data.push(value)
  }
  return { kind, data: data.join('\n') }
}
