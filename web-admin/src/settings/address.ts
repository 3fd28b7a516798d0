/** Where an HR system posts to: this server, as the admin reaches it. */
export function addressOf(path: string): string {
  return `${window.location.origin}${path}`
}

/** Where a one-time token sets a password. Behind the `#` no server and no log sees it. */
export function setUpAddress(token: string): string {
  return `${window.location.origin}/set-up#token=${token}`
}
