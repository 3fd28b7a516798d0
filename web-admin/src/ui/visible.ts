/** Pasted text brings characters that nobody sees and that match nothing. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g

/** What somebody typed, as they see it. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, '').trim()
}
