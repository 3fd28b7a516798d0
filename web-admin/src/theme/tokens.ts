/**
 * Every colour, size and space of the console, once. `base.css` receives them as custom properties, Ant Design as its theme.
 *
 * One accent (what one can do, what is ours), one danger (what cannot be undone), the rest neutral. Text on its ground has a
 * contrast of at least 4.5 : 1 in both schemes.
 */
export const schemes = {
  light: {
    ground: '#f7f7f5',
    surface: '#ffffff',
    sunken: '#f1f0ed',
    line: '#e4e2de',
    lineStrong: '#cfccc6',
    text: '#1d1c1a',
    textSoft: '#55524c',
    textFaint: '#6b6861',
    accent: '#1c5f52',
    accentSoft: '#e3eeea',
    onAccent: '#ffffff',
    danger: '#b02a1f',
    dangerSoft: '#fbeae8',
    focus: '#1c5f52',
  },
  dark: {
    ground: '#131312',
    surface: '#1b1b19',
    sunken: '#232321',
    line: '#302f2c',
    lineStrong: '#46443f',
    text: '#edebe7',
    textSoft: '#b4b1aa',
    textFaint: '#98958d',
    accent: '#7cc4b0',
    accentSoft: '#1f332d',
    onAccent: '#10201b',
    danger: '#f2938a',
    dangerSoft: '#3a211e',
    focus: '#7cc4b0',
  },
} as const

export type Scheme = keyof typeof schemes
export type Colours = Record<keyof (typeof schemes)['light'], string>

/** Pixels. Text is read at 13; 28 is for the one number that a page is about. */
export const type = { small: 12, base: 13, large: 14, title: 16, heading: 20, figure: 28 } as const

/** Pixels. */
export const space = { xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 32 } as const

export const radius = { small: 3, base: 5, large: 8 } as const

/** Nothing moves for longer. */
export const motionMs = 120

export const fontStack =
  'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "Helvetica Neue", Arial, sans-serif'
export const monoStack = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace'
