/** The nonce of this answer's content security policy; styles without it are refused. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? ''

/**
 * Puts the nonce on every style element that our own scripts make. Ant Design does so itself for its themes, but not where it
 * measures scroll bars and locks the page behind a dialog. Only scripts of ours run here, so this permits nobody else anything.
 */
export function signStyles() {
  const create = document.createElement.bind(document)
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const made = create(name, options)
    if (made instanceof HTMLStyleElement) made.nonce = nonce
    return made
  }
}
