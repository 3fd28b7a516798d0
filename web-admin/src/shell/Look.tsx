import { App, ConfigProvider } from 'antd'
import type { Locale } from 'antd/es/locale'
import enUS from 'antd/es/locale/en_US'
import zhCN from 'antd/es/locale/zh_CN'
import { type ReactNode, useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Language } from '@/i18n'
import { antdTheme } from '@/theme/antd'
import { nonce } from '@/theme/nonce'
import { applyScheme, useScheme } from '@/theme/scheme'

const locales: Record<Language, Locale> = { 'zh-CN': zhCN, en: enUS }

/** Colours, language and the content security policy's nonce for everything below. */
export function Look({ children }: { children: ReactNode }) {
  const scheme = useScheme()
  const { i18n } = useTranslation()
  useEffect(() => applyScheme(scheme), [scheme])
  const theme = useMemo(() => antdTheme(scheme), [scheme])
  const csp = useMemo(() => ({ nonce }), [])
  return (
    <ConfigProvider
      theme={theme}
      csp={csp}
      locale={locales[i18n.language === 'en' ? 'en' : 'zh-CN']}
      wave={{ disabled: true }}
      button={{ autoInsertSpace: false }}
    >
      <App message={{ maxCount: 3 }} notification={{ placement: 'bottomRight' }}>
        {children}
      </App>
    </ConfigProvider>
  )
}
