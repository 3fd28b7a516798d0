import { BarChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { type ECharts, init, use as register } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { Volume } from '@/api/queries/records'
import { useScheme } from '@/theme/scheme'
import { fontStack, schemes, type } from '@/theme/tokens'
import { day, dayOf, instant, number } from '@/ui/format'
import type { Series } from './series'

register([BarChart, GridComponent, TooltipComponent, CanvasRenderer])

const COLOURS = {
  'text-faint': 'textFaint',
  accent: 'accent',
  danger: 'danger',
  'line-strong': 'lineStrong',
} as const

/** Bars over time, stacked. Drawn on a canvas, its colours from the tokens; the page has the same as a table. */
export default function VolumeChart({
  volume,
  series,
  nameOf,
  onBar,
}: {
  volume: Volume
  series: Series[]
  nameOf: (key: string) => string
  onBar: (at: string) => void
}) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts>(undefined)
  const latest = useRef({ onBar, times: [] as string[] })
  latest.current.onBar = onBar
  const scheme = useScheme()

  useEffect(() => {
    if (!place.current) return
    const made = init(place.current)
    chart.current = made
    made.getZr().on('click', (e) => {
      const i = made.convertFromPixel({ xAxisIndex: 0 }, e.offsetX)
      const at = latest.current.times[Math.round(Number(i))]
      if (at) latest.current.onBar(at)
    })
    const watch = new ResizeObserver(() => made.resize())
    watch.observe(place.current)
    return () => {
      watch.disconnect()
      made.dispose()
    }
  }, [])

  useEffect(() => {
    const c = schemes[scheme]
    const times = timesOf(volume)
    latest.current.times = times
    const isDay = volume.by === 'day'
    const label = (at: string | undefined) => (at ? (isDay ? day(dayOf(at)) : instant(at)) : '')
    const text = { color: c.textFaint, fontFamily: fontStack, fontSize: type.small }
    chart.current?.setOption(
      {
        animation: false,
        grid: { top: 8, right: 0, bottom: 22, left: 40 },
        tooltip: {
          trigger: 'axis',
          // Drawn on the canvas too: a tooltip of HTML would need styles that the content security policy refuses.
          renderMode: 'richText',
          confine: true,
          backgroundColor: c.surface,
          borderColor: c.lineStrong,
          textStyle: { color: c.text, fontFamily: fontStack, fontSize: type.small },
          axisPointer: { type: 'shadow', shadowStyle: { color: c.text, opacity: 0.06 } },
          formatter: (all: unknown) => {
            const bars = all as { dataIndex: number; seriesIndex: number; value: number }[]
            const lines = bars
              .filter((b) => b.value > 0)
              .map((b) => `${nameOf(series[b.seriesIndex]?.key ?? '')}  ${number(b.value)}`)
            return [label(times[bars[0]?.dataIndex ?? 0]), ...lines].join('\n')
          },
        },
        xAxis: {
          type: 'category',
          data: times.map((at) => label(at)),
          axisLine: { lineStyle: { color: c.lineStrong } },
          axisTick: { show: false },
          axisLabel: { ...text, hideOverlap: true },
        },
        yAxis: {
          type: 'value',
          minInterval: 1,
          splitNumber: 2,
          splitLine: { lineStyle: { color: c.line } },
          axisLabel: { ...text, formatter: (n: number) => number(n) },
        },
        series: series.map((s) => ({
          type: 'bar',
          stack: 'all',
          barMaxWidth: 18,
          barCategoryGap: '25%',
          itemStyle: { color: c[COLOURS[s.colour]], opacity: s.opacity },
          emphasis: { disabled: true },
          data: times.map((at) => s.at.get(at) ?? 0),
        })),
      },
      { notMerge: true },
    )
  }, [volume, series, nameOf, scheme])

  return <div ref={place} style={{ height: '100%' }} />
}

/** Every day or hour of the window: one in which nothing happened is a gap that says so. */
function timesOf(volume: Volume): string[] {
  const there = volume.buckets.map((b) => b.at)
  if (volume.by === 'hour') {
    const first = Math.floor(Date.parse(volume.since) / HOUR_MS) * HOUR_MS
    return filled(there, first, Date.parse(volume.until), HOUR_MS, (at) => new Date(at).toISOString())
  }
  const named = new Map(there.map((at) => [dayOf(at), at]))
  const first = Date.parse(`${dayOf(volume.since)}T00:00:00Z`)
  return filled([], first, Date.parse(`${dayOf(volume.until)}T00:00:00Z`) + 1, DAY_MS, (at) => {
    const date = new Date(at).toISOString().slice(0, 10)
    return named.get(date) ?? `${date}T12:00:00Z`
  })
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

function filled(there: string[], first: number, end: number, step: number, name: (at: number) => string): string[] {
  const known = new Map(there.map((at) => [Date.parse(at), at]))
  const all: string[] = []
  for (let at = first; at < end && all.length < 500; at += step) all.push(known.get(at) ?? name(at))
  return all
}
