import type { InstructionKind, NewInstruction } from '@/api/queries/instructions'
import { instantOf } from '@/ui/format'

/** Somebody chosen: the id that is sent and what the person reads. */
export interface Chosen {
  value: string
  label: string
}

/** What is to stand instead in one holding, as it is written. */
export interface CorrectionWritten {
  holding?: string
  /** Where a connector keeps it. */
  field?: string
  value?: string
  /** In the vault. */
  content?: string
}

/** What stands in the editor. */
export interface Written {
  roles?: string[]
  members?: Chosen[]
  action?: string
  operations?: string[]
  classes?: string[]
  subjects?: Chosen[]
  departments?: string[]
  successor?: Chosen
  retainUntil?: string
  recipient?: string
  executor?: Chosen
  correctOf?: Chosen
  corrections?: CorrectionWritten[]
  purpose?: string
  until?: string
  reason?: string
}

/** What is written, as the API takes it. Fields that the kind does not have are left out, though they stay in the form. */
export function draftOf(kind: InstructionKind, w: Written): NewInstruction {
  const isOrder = kind === 'order'
  const corrects = isOrder && w.action === 'correct'
  const takesOut = isOrder && w.action && ['export', 'transfer', 'share', 'disclose'].includes(w.action)
  return {
    kind,
    action: isOrder ? w.action : undefined,
    purpose: w.purpose?.trim() ?? '',
    reason: w.reason?.trim() ?? '',
    // The day that is named is the last one: it ends as the next begins.
    until: !isOrder && w.until ? endOf(w.until) : undefined,
    executor: takesOut ? w.executor?.value : undefined,
    corrections: corrects ? (w.corrections ?? []).flatMap(correctionOf) : [],
    scope: {
      // Only the definition of a role has several.
      purposes: [],
      // Of a correction, both follow from the holdings.
      classes: corrects ? [] : (w.classes ?? []),
      operations: isOrder ? [] : (w.operations ?? []),
      roles: kind === 'standing' ? (w.roles ?? []) : [],
      members: kind === 'exceptional' ? (w.members ?? []).map((m) => m.value) : [],
      subjects: corrects ? [] : (w.subjects ?? []).map((s) => s.value),
      departments: isOrder && !corrects ? (w.departments ?? []) : [],
      successor: isOrder && w.action === 'hand_over' ? (w.successor?.value ?? null) : null,
      retain_until: isOrder && w.action === 'retain' ? (w.retainUntil ?? null) : null,
      recipient: takesOut && w.action !== 'export' ? (w.recipient?.trim() ?? null) : null,
    },
  }
}

function correctionOf(c: CorrectionWritten): NonNullable<NewInstruction['corrections']> {
  if (!c.holding) return []
  if (c.field?.trim() && c.value) return [{ holding_id: c.holding, field: c.field.trim(), value: c.value }]
  return c.content ? [{ holding_id: c.holding, content_base64: base64(c.content) }] : []
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}

function endOf(day: string): string | undefined {
  const next = new Date(`${day}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return instantOf(next.toISOString().slice(0, 10)) ?? undefined
}

/** Whether there is enough to ask the server what it would touch. */
export function isWhole(d: NewInstruction): boolean {
  const { scope } = d
  if (d.purpose === '' || d.reason === '') return false
  if (d.kind === 'order' && d.action === 'correct') return d.corrections?.length !== 0
  if (scope.classes?.length === 0) return false
  if (d.kind === 'order') {
    if (!d.action || (scope.subjects?.length === 0 && scope.departments?.length === 0)) return false
    if (d.action === 'hand_over') return Boolean(scope.successor)
    if (d.action === 'retain') return Boolean(scope.retain_until)
    if (d.action === 'export') return Boolean(d.executor)
    if (['transfer', 'share', 'disclose'].includes(d.action)) return Boolean(d.executor && scope.recipient)
    return true
  }
  const who = d.kind === 'standing' ? scope.roles : scope.members
  return who?.length !== 0 && scope.operations?.length !== 0 && (d.kind === 'standing' || Boolean(d.until))
}
