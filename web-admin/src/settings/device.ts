/** A browser and its system, as far as a user agent's words tell; otherwise the words themselves. */
export function deviceOf(userAgent: string): { browser: string; system: string } | null {
  const browser = first(userAgent, [
    [/Edg\//, 'Edge'],
    [/MicroMessenger\//, 'WeChat'],
    [/DingTalk\//, 'DingTalk'],
    [/Firefox\//, 'Firefox'],
    [/Chrom(e|ium)\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ])
  const system = first(userAgent, [
    [/iPhone|iPad/, 'iOS'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ])
  return browser && system ? { browser, system } : null
}

function first(text: string, known: [RegExp, string][]): string | undefined {
  return known.find(([pattern]) => pattern.test(text))?.[1]
}
