import { type ThemeConfig, theme } from 'antd'
import { fontStack, monoStack, motionMs, radius, type Scheme, schemes, space, type } from './tokens'

/** Ant Design in our tokens: flat, dense, hairlines instead of shadows. */
export function antdTheme(scheme: Scheme): ThemeConfig {
  const c = schemes[scheme]
  const seconds = `${motionMs / 1000}s`
  return {
    algorithm: scheme === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: c.accent,
      colorInfo: c.accent,
      colorSuccess: c.accent,
      colorError: c.danger,
      colorWarning: c.danger,
      colorLink: c.accent,
      // Its own would be a lighter green, too faint on a sunken ground.
      colorLinkHover: c.accent,
      colorLinkActive: c.accent,
      colorText: c.text,
      colorTextSecondary: c.textSoft,
      colorTextTertiary: c.textFaint,
      colorTextPlaceholder: c.textFaint,
      colorTextDescription: c.textSoft,
      colorTextLightSolid: c.onAccent,
      colorBgBase: c.surface,
      colorBgLayout: c.ground,
      colorBgContainer: c.surface,
      colorBgElevated: c.surface,
      colorBorder: c.lineStrong,
      colorBorderSecondary: c.line,
      colorSplit: c.line,
      fontFamily: fontStack,
      fontFamilyCode: monoStack,
      fontSize: type.base,
      fontSizeSM: type.small,
      fontSizeLG: type.large,
      fontSizeHeading3: type.heading,
      fontSizeHeading4: type.title,
      borderRadius: radius.base,
      borderRadiusSM: radius.small,
      borderRadiusLG: radius.large,
      controlHeight: 30,
      controlHeightSM: 24,
      padding: space.l,
      boxShadow: 'none',
      boxShadowSecondary: `0 0 0 1px ${c.line}, 0 8px 24px rgb(0 0 0 / ${scheme === 'dark' ? 0.5 : 0.1})`,
      motionDurationFast: seconds,
      motionDurationMid: seconds,
      motionDurationSlow: seconds,
      motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', contentFontSize: type.base },
      Tooltip: { colorBgSpotlight: c.text, colorTextLightSolid: c.surface },
      Tabs: { horizontalItemGutter: space.xl, titleFontSize: type.base },
      Drawer: { paddingLG: space.xl },
      Segmented: { itemSelectedBg: c.surface, trackBg: c.sunken },
    },
  }
}
