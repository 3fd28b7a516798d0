import { useNavigate } from '@tanstack/react-router'
import { Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import { signOut } from '@/api/session'
import { chooseLanguage, currentLanguage, languages } from '@/i18n'
import { useSession } from '@/session/useSession'
import { chooseScheme, type SchemeChoice, schemeChoice, useScheme } from '@/theme/scheme'
import css from './AccountMenu.module.css'

const schemes: SchemeChoice[] = ['system', 'light', 'dark']

/** Who is signed in, in which roles; language, colours, signing out. */
export function AccountMenu() {
  const { t } = useTranslation()
  const session = useSession()
  const navigate = useNavigate()
  useScheme()
  const names = usePackNames()
  const roles = session.roles.filter((r) => r !== 'employee')
  const items = [
    { key: 'my', label: t('my.title') },
    { type: 'divider' as const },
    {
      type: 'group' as const,
      label: t('shell.language'),
      children: languages.map((l) => ({ key: `language:${l}`, label: t(`shell.languages.${l}`) })),
    },
    {
      type: 'group' as const,
      label: t('shell.colours'),
      children: schemes.map((s) => ({ key: `scheme:${s}`, label: t(`shell.schemes.${s}`) })),
    },
    { type: 'divider' as const },
    { key: 'sign-out', label: t('shell.signOut') },
  ]
  const onPick = async (key: string) => {
    const [kind, value] = key.split(':')
    const language = languages.find((l) => l === value)
    const scheme = schemes.find((s) => s === value)
    if (kind === 'language' && language) await chooseLanguage(language)
    else if (kind === 'scheme' && scheme) chooseScheme(scheme)
    else if (kind === 'my') await navigate({ to: '/my' })
    else {
      if (await signOut()) await navigate({ to: '/sign-in' })
    }
  }
  return (
    <Dropdown
      trigger={['click']}
      placement="topLeft"
      menu={{
        items,
        selectedKeys: [`language:${currentLanguage()}`, `scheme:${schemeChoice()}`],
        onClick: ({ key }) => void onPick(key),
      }}
    >
      <button type="button" className={css.account} aria-haspopup="menu">
        <span className={css.name}>{session.name ?? session.staff_number}</span>
        <span className={css.roles}>{(roles.length > 0 ? roles : ['employee']).map(names.ofRole).join(' · ')}</span>
      </button>
    </Dropdown>
  )
}
