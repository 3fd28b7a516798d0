import type { Volume } from '@/api/queries/records'

/** One colour of the chart: how much of it there was at which time. */
export interface Series {
  /** The outcome or the act; empty for what is not shown by itself. */
  key: string
  /** A colour of the tokens, as its custom property is named. */
  colour: 'text-faint' | 'accent' | 'danger' | 'line-strong'
  opacity: number
  total: number
  at: Map<string, number>
}

const MOST = 6
/** One accent, one danger, the rest neutral: outcomes have a meaning, acts are told apart by weight. */
const OUTCOMES = [
  { key: 'done', colour: 'line-strong', opacity: 1 },
  { key: 'permitted', colour: 'accent', opacity: 1 },
  { key: 'failed', colour: 'danger', opacity: 0.5 },
  { key: 'refused', colour: 'danger', opacity: 1 },
] as const
const ACTS = [
  { colour: 'accent', opacity: 1 },
  { colour: 'accent', opacity: 0.65 },
  { colour: 'accent', opacity: 0.35 },
  { colour: 'text-faint', opacity: 1 },
  { colour: 'text-faint', opacity: 0.65 },
  { colour: 'text-faint', opacity: 0.4 },
] as const

export function seriesOf(volume: Volume, by: 'outcome' | 'act'): Series[] {
  const totals = new Map<string, number>()
  for (const { counts } of volume.buckets) {
    for (const c of counts) totals.set(c[by], (totals.get(c[by]) ?? 0) + c.records)
  }
  const made: Series[] =
    by === 'outcome'
      ? OUTCOMES.filter((o) => totals.has(o.key)).map((o) => ({ ...o, total: totals.get(o.key) ?? 0, at: new Map() }))
      : [...totals]
          .sort((a, b) => b[1] - a[1])
          .slice(0, MOST)
          .map(([key, total], i) => ({
            key,
            colour: ACTS[i]?.colour ?? 'line-strong',
            opacity: ACTS[i]?.opacity ?? 1,
            total,
            at: new Map(),
          }))
  const shown = new Map(made.map((s) => [s.key, s]))
  const others: Series = { key: '', colour: 'line-strong', opacity: 1, total: 0, at: new Map() }
  for (const bucket of volume.buckets) {
    for (const c of bucket.counts) {
      const series = shown.get(c[by]) ?? others
      series.at.set(bucket.at, (series.at.get(bucket.at) ?? 0) + c.records)
      if (series === others) others.total += c.records
    }
  }
  return others.total > 0 ? [...made, others] : made
}
