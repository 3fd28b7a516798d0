import i18next, { type ParseKeys } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { zhCN } from './zh-CN'

/** The languages there are. A third one is a folder beside these two and a line here. */
export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]

type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> } & {
  // English needs a singular where Chinese has one form.
  [K in keyof T as K extends `${infer Base}_other` ? `${Base}_one` : never]?: string
}

/** What every language has to say: exactly the keys of the Chinese texts. */
export type Messages = Shape<typeof zhCN>

/** Groups that only codes from the server lead into, through `word`: left out of the typed keys, of which there would be too many. */
interface ByCode {
  setup: 'packs'
  rehearsals: 'effects'
  inbox: 'actions' | 'raised' | 'operations' | 'follows' | 'differs' | 'held'
  records: 'do' | 'did' | 'objects' | 'actors'
  packs: 'masks' | 'families' | 'facts' | 'values' | 'features' | 'fields' | 'storage' | 'conditions'
  instructions: 'actions' | 'leftOutWhy'
  holdings: 'kept' | 'answers' | 'remedies' | 'causes' | 'states' | 'holdingStates' | 'switched' | 'openedBy'
}

type Keyed = {
  [G in keyof typeof zhCN]: G extends keyof ByCode ? Omit<(typeof zhCN)[G], ByCode[G]> : (typeof zhCN)[G]
}

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Keyed }
    returnNull: false
  }
}

/** What translates, where it is handed on: any key that there is. */
export type Say = (key: ParseKeys, values?: Record<string, unknown>) => string

const KEY = 'tenure.language'

function preferred(): Language {
  const kept = window.localStorage.getItem(KEY)
  const wanted = kept ? [kept] : navigator.languages
  for (const tag of wanted) {
    if (tag.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (tag.toLowerCase().startsWith('en')) return 'en'
  }
  return 'zh-CN'
}

async function texts(language: Language): Promise<Messages> {
  switch (language) {
    case 'zh-CN':
      return (await import('./zh-CN')).zhCN
    case 'en':
      return (await import('./en')).en
  }
}

/** Loads one language; the other one's texts are not sent. */
export async function startI18n() {
  const language = preferred()
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    returnNull: false,
    interpolation: { escapeValue: false },
    resources: { [language]: { translation: await texts(language) } },
  })
  document.documentElement.lang = language
}

export async function chooseLanguage(language: Language) {
  window.localStorage.setItem(KEY, language)
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', await texts(language))
  }
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

export function currentLanguage(): Language {
  return i18next.language === 'en' ? 'en' : 'zh-CN'
}

/** Whether the console has words of its own for a code. */
export function hasWord(group: string, code: string): boolean {
  return i18next.exists(`${group}.${code.replaceAll('.', '__')}`)
}

/** The codes that a group has words for. */
export function codesOf(group: string): string[] {
  const words: unknown = i18next.getResource(i18next.language, 'translation', group)
  return typeof words === 'object' && words !== null ? Object.keys(words).map((key) => key.replaceAll('__', '.')) : []
}

/**
 * A text whose key is only known at run time: a code that the server sent. Where the console has no words for a code, the code
 * itself is shown: it is documented, and better than nothing.
 */
export function word(group: string, code: string | null | undefined, values: Record<string, unknown> = {}): string {
  if (!code) return ''
  const key = `${group}.${code.replaceAll('.', '__')}`
  // The typed `t` takes only keys it knows; these are checked at run time instead.
  const t = i18next.t as unknown as (key: string, values: Record<string, unknown>) => string
  return i18next.exists(key, values) ? t(key, values) : code
}
