/** A certificate file, as `tenure verify` reads it. */
export interface Certificate {
  certificate: {
    title_zh: string
    title_en: string
    organisation: string
    departure: string
    subject: string
    pack: string
    last_day: string
    access_ended_at?: string
    completed_at: string
    lines: CertifiedLine[]
  }
  key: string
  checkpoint: string
  records: unknown[]
}

export interface CertifiedLine {
  class: string
  disposition: string
  items: number
  bytes: number
  retain_until?: string | null
  state: string
  order?: string | null
  clauses: string[]
}

/** The API describes the certificate as a document of its own; this is its shape from `kind` tenure.certificate/1 on. */
export function certificateOf(document: unknown): Certificate {
  const kind = (document as { kind?: unknown } | null)?.kind
  if (kind !== 'tenure.certificate/1') throw new Error(`not a certificate that this console knows: ${String(kind)}`)
  return document as Certificate
}
