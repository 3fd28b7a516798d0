import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { departuresBriefly } from '@/api/queries/departures'
import { findMembers } from '@/api/queries/find'
import { instructionsBriefly } from '@/api/queries/instructions'
import { usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { signOut } from '@/api/session'
import { chooseLanguage, currentLanguage, languages, word } from '@/i18n'
import { classesOf } from '@/instructions/classWords'
import { type Conditions, KEYS, type Key, read } from '@/records/filter'
import { places as settings } from '@/settings/places'
import { chooseScheme } from '@/theme/scheme'
import { day } from '@/ui/format'
import { useSettled } from '@/ui/useSettled'
import { visible } from '@/ui/visible'
import { sections } from './sections'

/** A line of the palette: what it is, where it belongs, what it does. */
export interface Entry {
  key: string
  label: string
  group: string
  hint?: string
  go: () => void
}

/** Of each kind. */
const MOST = 6
/** Of those that were found, whose data is offered beside their page. */
const MOST_DATA = 2
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What the palette offers for what is typed: places, people, departures, instructions, a question to the records, verbs. */
export function useEntries(sought: string, open: { records: () => void; help: () => void }): Entry[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const powers = usePowers()
  const names = usePackNames()
  const typed = visible(sought)
  const settled = useSettled(typed)
  const isAsking = typed.length > 0
  const people = useQuery({ ...findMembers(settled), enabled: powers.has('members.read') && settled !== '' })
  const departures = useQuery({ ...departuresBriefly, enabled: isAsking && powers.has('departures.read') })
  const instructions = useQuery({ ...instructionsBriefly, enabled: isAsking && powers.has('instructions.read') })

  return useMemo(() => {
    const fits = (...texts: (string | null | undefined)[]) =>
      texts.some((text) => text?.toLowerCase().includes(typed.toLowerCase()))
    const there = (to: string) => (sections as readonly { to: string }[]).some((s) => s.to === to)

    const places: Entry[] = sections
      .filter((s) => s.needs === null || powers.has(s.needs))
      .map((s) => ({ key: s.to, label: t(s.label), group: t('shell.places'), go: () => void navigate({ to: s.to }) }))
      .filter((e) => fits(e.label, e.key))

    const parts: Entry[] = (isAsking ? settings : [])
      .filter((p) => p.needs === null || powers.has(p.needs))
      .map((p) => ({
        key: p.to,
        label: t(`settings.places.${p.key}`),
        group: t('shell.settings'),
        go: () => void navigate({ to: p.to, search: {} }),
      }))
      .filter((e) => fits(e.label, e.key))

    const persons: Entry[] = (isAsking ? (people.data ?? []) : []).slice(0, MOST).map((m) => ({
      key: `person ${m.id}`,
      label: m.name ?? m.staff_number ?? m.id,
      hint: m.staff_number ?? undefined,
      group: t('shell.people'),
      go: () =>
        there('/people')
          ? void navigate({ href: `/people/${m.id}` })
          : void navigate({ to: '/records', search: { actor: m.id } }),
    }))

    const data: Entry[] = (isAsking && powers.has('holdings.read') ? (people.data ?? []) : [])
      .slice(0, MOST_DATA)
      .map((m) => ({
        key: `data ${m.id}`,
        label: t('holdings.of', { name: m.name ?? m.staff_number ?? m.id }),
        hint: m.staff_number ?? undefined,
        group: t('holdings.title'),
        go: () => void navigate({ to: '/holdings/of/$subject', params: { subject: m.subject_id }, search: {} }),
      }))

    const leaving: Entry[] = (isAsking ? (departures.data ?? []) : [])
      .filter((d) => fits(d.name, d.staff_number, d.department))
      .slice(0, MOST)
      .map((d) => ({
        key: `departure ${d.id}`,
        label: t('shell.departureOf', { name: d.name ?? d.staff_number ?? t('ui.nameForgotten') }),
        hint: `${word('departures.states', d.state)} · ${day(d.last_day)}`,
        group: t('shell.departures'),
        go: () => void navigate({ to: '/departures/$id', params: { id: d.id }, search: {} }),
      }))

    const orders: Entry[] = (isAsking ? (instructions.data ?? []) : [])
      .map((i) => ({ i, what: classesOf(i.scope.classes, names)[0] ?? word('purposes', i.purpose) }))
      .filter(({ i, what }) =>
        fits(i.purpose, word('purposes', i.purpose), word('instructions.actions', i.action), what, i.id),
      )
      .slice(0, MOST)
      .map(({ i, what }) => ({
        key: `instruction ${i.id}`,
        label: `${word('instructions.actions', i.action)} · ${what}`,
        hint: `${word('purposes', i.purpose)} · ${word('instructions.states', i.state)}`,
        group: t('instructions.title'),
        go: () => void navigate({ to: '/instructions/$id', params: { id: i.id } }),
      }))

    const asked = powers.has('records.read') ? questionOf(typed, keyNames()) : null
    const question: Entry[] = asked
      ? [
          {
            key: 'question',
            label: t('shell.askRecords', { what: typed }),
            group: t('records.one'),
            go: () => void navigate({ to: '/records', search: asked }),
          },
        ]
      : []

    const other = languages.find((l) => l !== currentLanguage()) ?? 'en'
    const verbs: Entry[] = [
      powers.has('instructions.propose') &&
        verb('propose', t('instructions.new'), () => navigate({ to: '/instructions/new', search: {} })),
      powers.has('members.write') &&
        verb('import', t('people.importTitle'), () => navigate({ to: '/people', search: { import: true } })),
      powers.has('holds.manage') &&
        verb('hold', t('holdings.placeHold'), () => navigate({ to: '/holdings/holds', search: { place: 'anybody' } })),
      powers.has('records.export') &&
        verb('export', t('records.exportTitle'), () => navigate({ to: '/records', search: { export: true } })),
      powers.has('records.read') && verb('near', t('help.records'), open.records, '~'),
      powers.has('packs.read') &&
        verb('try', t('packs.tryTitle'), () => navigate({ to: '/packs', search: { part: 'try' } })),
      powers.has('tenant.settings') && verb('guide', t('setup.title'), () => navigate({ to: '/guide' })),
      verb('help', t('help.title'), open.help, '?'),
      verb('language', `${t('shell.language')}: ${t(`shell.languages.${other}`)}`, () => chooseLanguage(other)),
      ...(['light', 'dark', 'system'] as const).map((s) =>
        verb(`scheme-${s}`, `${t('shell.colours')}: ${t(`shell.schemes.${s}`)}`, () => chooseScheme(s)),
      ),
      verb('sign-out', t('shell.signOut'), async () => {
        if (await signOut()) await navigate({ to: '/sign-in' })
      }),
    ]
      .filter((v) => v !== false)
      .map((v) => ({ ...v, group: t('shell.verbs') }))
      .filter((v) => fits(v.label))

    return [...places, ...parts, ...persons, ...data, ...leaving, ...orders, ...question, ...verbs]
  }, [
    typed,
    isAsking,
    people.data,
    departures.data,
    instructions.data,
    powers,
    names,
    navigate,
    open.records,
    open.help,
    t,
  ])
}

function verb(key: string, label: string, act: () => unknown, hint?: string): Omit<Entry, 'group'> {
  return { key, label, hint, go: () => void act() }
}

function keyNames(): Record<Key, string> {
  return Object.fromEntries(KEYS.map((k) => [k, word('records.keys', k)])) as Record<Key, string>
}

/** What is typed as a question to the records: conditions, or the id of a thing; null for what is neither. */
function questionOf(typed: string, names: Record<Key, string>): Conditions | null {
  if (UUID.test(typed)) return { object: typed }
  const conditions: Conditions = {}
  for (const term of typed.split(/\s+/)) {
    const found = read(term, names)
    if ('fault' in found) return null
    conditions[found.key] = found.value
  }
  return conditions
}
