import { Fragment, type ReactNode } from 'react'

const PLACE = /(\{[^{}]+\})/

/** A text with places, `{name}` or `{name|what stands there instead}`, and what stands in them. */
export function rich(text: string, parts: Record<string, ReactNode>): ReactNode {
  return text.split(PLACE).map((piece, i) => {
    const place = /^\{(\w+)(?:\|(.*))?\}$/.exec(piece)
    const shown = place?.[1] ? (parts[place[1]] ?? place[2]) : piece
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text do not move
    return <Fragment key={i}>{shown}</Fragment>
  })
}
