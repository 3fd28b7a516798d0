import { currentLanguage } from '@/i18n'

/** The organisation's time zone: every instant is shown in it, whoever looks and wherever they are. */
let zone = 'Asia/Shanghai'

export function takeTimeZone(tz: string) {
  zone = tz
}

const formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>()

function cached<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: (language: string) => T): T {
  const language = currentLanguage()
  const full = `${language} ${zone} ${key}`
  const known = formats.get(full)
  if (known) return known as T
  const made = make(language)
  formats.set(full, made)
  return made
}

export function number(n: number): string {
  return cached('number', (language) => new Intl.NumberFormat(language)).format(n)
}

export function bytes(n: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  let size = n
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  const name = units[unit] ?? 'byte'
  if (name === 'byte') return `${number(n)} B`
  return cached(
    `bytes ${name}`,
    (language) =>
      new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short', maximumSignificantDigits: 3 }),
  ).format(size)
}

/** Digits in Chinese; in English the month by name, since 3/4 is April to some and March to others. */
function dayParts(language: string): Intl.DateTimeFormatOptions {
  return { year: 'numeric', month: language === 'en' ? 'short' : '2-digit', day: '2-digit' }
}

/** A civil day, `2026-03-31`, which belongs to no time zone. */
export function day(date: string): string {
  return cached(
    'day',
    (language) =>
      new Intl.DateTimeFormat(language, { timeZone: 'UTC', year: 'numeric', month: '2-digit', day: '2-digit' }),
  ).format(new Date(`${date}T00:00:00Z`))
}

/** An instant, in the organisation's time zone, to the minute. */
export function instant(at: string): string {
  return cached(
    'instant',
    (language) =>
      new Intl.DateTimeFormat(language, {
        timeZone: zone,
        ...dayParts(language),
        hour: '2-digit',
        minute: '2-digit',
        hour12: false,
      }),
  ).format(new Date(at))
}

/** The same to the second, for records. */
export function second(at: string): string {
  return cached(
    'second',
    (language) =>
      new Intl.DateTimeFormat(language, {
        timeZone: zone,
        ...dayParts(language),
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hour12: false,
      }),
  ).format(new Date(at))
}

/** The civil day of an instant, in the organisation's time zone: `2026-03-31`. */
export function dayOf(at: string | Date): string {
  const parts = cached(
    'parts',
    () => new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }),
  )
  return parts.format(typeof at === 'string' ? new Date(at) : at)
}

/** The instant of a civil day or minute, `2026-03-31` or `2026-03-31T14:00`, in the organisation's time zone; null for what is neither. */
export function instantOf(civil: string): string | null {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?$/.exec(civil)
  if (!parts) return null
  const wanted = Date.parse(`${parts[1]}T${parts[2] ?? '00:00'}:00Z`)
  if (Number.isNaN(wanted)) return null
  const local = cached(
    'local',
    () =>
      new Intl.DateTimeFormat('en-CA', {
        timeZone: zone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
  )
  // Twice, since the offset may be another one at the instant that the first guess leads to.
  let at = wanted
  for (let i = 0; i < 2; i++) {
    const shown = Date.parse(`${local.format(new Date(at)).replace(', ', 'T')}:00Z`)
    at += wanted - shown
  }
  return new Date(at).toISOString()
}
